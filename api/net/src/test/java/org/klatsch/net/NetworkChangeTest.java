package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

/// Adds an address to this machine with `ip`, which needs root, and takes it away again.
@Tag("interop")
class NetworkChangeTest {
  private static final TransportAddress ADDED = TransportAddress.parse("127.77.77.77", 0);

  private static boolean ip(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void hearsOfAnAddressThatComesAndGoes() throws Exception {
    boolean possible;
    try {
      possible = ip("addr", "add", "127.77.77.78/32", "dev", "lo");
      possible &= ip("addr", "del", "127.77.77.78/32", "dev", "lo");
    } catch (java.io.IOException noSuchProgram) {
      possible = false;
    }
    if (!Boolean.getBoolean("klatsch.requireAll")) {
      assumeTrue(possible, "needs root and the program ip");
    }
    LinkedBlockingQueue<List<LocalAddress>> changes = new LinkedBlockingQueue<>();
    AddressPolicy policy = AddressPolicy.all(InterfaceFilter.DEFAULT.withLoopback(true));
    // With netlink a look comes only every 300 s: it must be told.
    try (NetworkMonitor monitor = new NetworkMonitor(policy, Duration.ofSeconds(10))) {
      assertThat(monitor.isNotified()).isTrue();
      monitor.onChange(changes::add);
      assertThat(ip("addr", "add", "127.77.77.77/32", "dev", "lo")).isTrue();
      assertThat(changes.poll(5, TimeUnit.SECONDS))
          .isNotNull()
          .extracting(LocalAddress::address)
          .contains(ADDED);
      assertThat(ip("addr", "del", "127.77.77.77/32", "dev", "lo")).isTrue();
      assertThat(changes.poll(5, TimeUnit.SECONDS))
          .isNotNull()
          .extracting(LocalAddress::address)
          .doesNotContain(ADDED);
    } finally {
      ip("addr", "del", "127.77.77.77/32", "dev", "lo");
    }
  }
}
