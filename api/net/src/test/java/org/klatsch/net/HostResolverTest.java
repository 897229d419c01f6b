package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

class HostResolverTest {
  private static final TransportAddress ONE = TransportAddress.parse("192.0.2.1", 0);

  private final AtomicInteger lookups = new AtomicInteger();

  private HostResolver resolver(Duration timeout, Duration memory) {
    return new HostResolver(
        host -> {
          lookups.incrementAndGet();
          if (host.equals("missing")) {
            throw new UnknownHostException(host);
          }
          return host.equals("empty") ? List.of() : List.of(ONE);
        },
        timeout,
        memory);
  }

  @Test
  void answersLiteralsWithoutLookup() throws Exception {
    HostResolver resolver = resolver(Duration.ofSeconds(5), Duration.ofSeconds(5));
    assertThat(resolver.resolve("192.0.2.7", 3478).get())
        .containsExactly(TransportAddress.parse("192.0.2.7", 3478));
    assertThat(resolver.resolve("[2001:db8::1]", 1).get())
        .containsExactly(TransportAddress.parse("2001:db8::1", 1));
    assertThat(lookups).hasValue(0);
  }

  @Test
  void remembersAnswersButNotFailures() throws Exception {
    HostResolver resolver = resolver(Duration.ofSeconds(5), Duration.ofSeconds(60));
    assertThat(resolver.resolve("host", 1).get(5, TimeUnit.SECONDS))
        .containsExactly(ONE.withPort(1));
    assertThat(resolver.resolve("host", 2).get(5, TimeUnit.SECONDS))
        .containsExactly(ONE.withPort(2));
    assertThat(lookups).hasValue(1);
    for (String bad : List.of("missing", "missing", "empty")) {
      assertThatThrownBy(() -> resolver.resolve(bad, 1).get(5, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(UnknownHostException.class);
    }
    assertThat(lookups).hasValue(4);
  }

  @Test
  void asksAgainWhenItsMemoryIsOver() throws Exception {
    HostResolver resolver = resolver(Duration.ofSeconds(5), Duration.ZERO);
    resolver.resolve("host", 1).get(5, TimeUnit.SECONDS);
    resolver.resolve("host", 1).get(5, TimeUnit.SECONDS);
    assertThat(lookups).hasValue(2);
  }

  @Test
  void givesUpOnASlowResolver() {
    CountDownLatch never = new CountDownLatch(1);
    HostResolver resolver =
        new HostResolver(
            host -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return List.of(ONE);
            },
            Duration.ofMillis(20),
            Duration.ofSeconds(60));
    assertThatThrownBy(() -> resolver.resolve("slow", 1).get(5, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(TimeoutException.class);
    never.countDown();
  }

  @Test
  void asksTheSystem() throws Exception {
    assertThat(new HostResolver().resolve("localhost", 7).get(10, TimeUnit.SECONDS))
        .isNotEmpty()
        .allMatch(address -> address.isLoopback() && address.port() == 7);
  }
}
