package org.klatsch.server.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.server.store.JournalStore;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.SyncPolicy;
import org.klatsch.turn.server.PeerPolicy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

@Timeout(60)
final class WebhooksTest {
  private static final List<AddressPrefix> LOOPBACK = List.of(AddressPrefix.parse("127.0.0.0/8"));
  private static final WebhookOptions QUICK =
      WebhookOptions.DEFAULT
          .withBackoff(List.of(Duration.ofMillis(10), Duration.ofMillis(20)))
          .withAllowed(LOOPBACK);

  /// What a tenant's server was told.
  private record Call(Map<String, String> headers, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }
  }

  @TempDir Path directory;
  private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private final Deque<Integer> statuses = new ArrayDeque<>();
  private HttpServer receiver;
  private Store store;
  private Webhooks webhooks;

  @BeforeEach
  void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          int status;
          synchronized (statuses) {
            status = statuses.isEmpty() ? 204 : statuses.remove();
          }
          calls.add(
              new Call(
                  Map.of(
                      "id", String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id")),
                      "timestamp",
                          String.valueOf(
                              exchange.getRequestHeaders().getFirst("webhook-timestamp")),
                      "signature",
                          String.valueOf(
                              exchange.getRequestHeaders().getFirst("webhook-signature")),
                      "path", exchange.getRequestURI().toString()),
                  body));
          exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    receiver.start();
    open(QUICK);
  }

  private void open(WebhookOptions options) throws IOException {
    store = JournalStore.open(directory, SyncPolicy.NEVER, InstantSource.system());
    webhooks =
        new Webhooks(
            store,
            options,
            new PeerPolicy(options.allowed(), _ -> false),
            List.of(),
            InstantSource.system(),
            new SecureRandom(),
            outcomes::add);
  }

  @AfterEach
  void stop() throws IOException {
    webhooks.close();
    store.close();
    receiver.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook?a=b";
  }

  private void answer(Integer... status) {
    synchronized (statuses) {
      statuses.addAll(List.of(status));
    }
  }

  private Call call() throws InterruptedException {
    Call call = calls.poll(20, TimeUnit.SECONDS);
    assertThat(call).as("a call").isNotNull();
    return call;
  }

  private String outcome() throws InterruptedException {
    return outcomes.poll(20, TimeUnit.SECONDS);
  }

  private void publish(String type) {
    webhooks.publish("acme", type, JsonNodeFactory.instance.objectNode().put("room", "kitchen"));
  }

  @Test
  void tellsWhatHappenedWithASignature() throws Exception {
    Webhook webhook = webhooks.add("acme", url(), null, List.of("room.*"));
    webhooks.add("beta", url(), null, List.of("*"));
    publish("member.joined");
    publish("room.started");
    Call call = call();
    JsonNode body = call.json();
    assertThat(body.path("type").asString()).isEqualTo("room.started");
    assertThat(body.path("tenant").asString()).isEqualTo("acme");
    assertThat(body.path("data").path("room").asString()).isEqualTo("kitchen");
    assertThat(call.headers().get("id")).isEqualTo(body.path("id").asString()).isNotEmpty();
    assertThat(call.headers().get("path")).isEqualTo("/hook?a=b");
    long timestamp = Long.parseLong(call.headers().get("timestamp"));
    assertThat(Math.abs(timestamp - System.currentTimeMillis() / 1000)).isLessThan(60);
    String expected =
        Webhooks.signature(
            webhook.secret(),
            call.headers().get("id"),
            timestamp,
            call.body().getBytes(StandardCharsets.UTF_8));
    assertThat(call.headers().get("signature")).isEqualTo("v1," + expected);
    assertThat(outcome()).isEqualTo("delivered");
    assertThat(calls).isEmpty();
  }

  /// The example of the "Standard Webhooks" convention.
  @Test
  void signsAsOthersCheck() {
    assertThat(
            Webhooks.signature(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void repeatsWithTheSameIdUntilItIsTaken() throws Exception {
    webhooks.add("acme", url(), "a secret", List.of("*"));
    answer(500, 302);
    publish("room.started");
    String id = call().headers().get("id");
    assertThat(call().headers().get("id")).isEqualTo(id);
    assertThat(call().headers().get("id")).isEqualTo(id);
    assertThat(List.of(outcome(), outcome(), outcome()))
        .containsExactly("failed", "failed", "delivered");
  }

  @Test
  void whatIsNeverTakenBecomesADeadLetter() throws Exception {
    Webhook webhook = webhooks.add("acme", url(), "a secret", List.of("*"));
    answer(500, 500, 500);
    publish("room.started");
    assertThat(List.of(outcome(), outcome(), outcome()))
        .containsExactly("failed", "failed", "dead");
    assertThat(webhooks.pending()).isZero();
    JsonNode letter = webhooks.deadLetters("acme").getFirst();
    assertThat(letter.path("webhook").asString()).isEqualTo(webhook.id());
    assertThat(letter.path("problem").asString()).isEqualTo("status 500");
    assertThat(letter.path("attempts").asInt()).isEqualTo(3);
    assertThat(letter.path("message").path("type").asString()).isEqualTo("room.started");
    assertThat(webhooks.deadLetters("beta")).isEmpty();
    answer(410);
    publish("room.ended");
    assertThat(outcome()).isEqualTo("dead");
  }

  @Test
  void aRestartLosesNothingThatWaits() throws Exception {
    webhooks.close();
    store.close();
    open(QUICK.withBackoff(List.of(Duration.ofHours(1))));
    webhooks.add("acme", url(), "a secret", List.of("*"));
    answer(503, 503, 503);
    for (String type : List.of("room.started", "member.joined", "room.ended")) {
      publish(type);
      assertThat(outcome()).isEqualTo("failed");
    }
    assertThat(webhooks.pending()).isEqualTo(3);
    calls.clear();
    webhooks.close();
    store.close();
    open(QUICK);
    assertThat(List.of(call(), call(), call()))
        .extracting(call -> call.json().path("type").asString())
        .containsExactlyInAnyOrder("room.started", "member.joined", "room.ended");
    assertThat(List.of(outcome(), outcome(), outcome())).containsOnly("delivered");
    assertThat(webhooks.pending()).isZero();
  }

  @Test
  void aSlowReceiverHoldsUpNobodyElse() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String slow = "http://127.0.0.1:" + silent.getLocalPort() + "/";
      webhooks.add("acme", slow, "a secret", List.of("*"));
      webhooks.add("acme", url(), "a secret", List.of("*"));
      for (int i = 0; i < 20; i++) {
        publish("room.started");
      }
      for (int i = 0; i < 20; i++) {
        call();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:PORT/",
        "http://localhost:PORT/",
        "http://[::1]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/",
        "http://2130706433:PORT/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:PORT/",
        "http://[fd00::1]/",
      })
  void doesNotCallPrivateAddresses(String url) {
    String asked = url.replace("PORT", String.valueOf(receiver.getAddress().getPort()));
    PeerPolicy policy = PeerPolicy.strict();
    assertThatThrownBy(() ->
            WebhookCall.post(
                URI.create(asked), Map.of(), new byte[2], policy, Duration.ofSeconds(5)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not allowed");
    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://example.org/",
        "https://user:password@example.org/",
        "https://example.org/#x",
        "https:///path",
        "example.org",
        "https://example.org/a b",
        "https://example.org/\r\nHost: evil",
        "file:///etc/passwd",
      })
  void refusesUrlsThatItWouldNotCall(String url) {
    assertThatThrownBy(() -> webhooks.add("acme", url, null, List.of("*")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAnswerThatTricklesEndsInTime() throws Exception {
    try (ServerSocket trickling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (var socket = trickling.accept()) {
              while (true) {
                socket.getOutputStream().write('H');
                TimeUnit.MILLISECONDS.sleep(50);
              }
            } catch (IOException | InterruptedException e) {
              // The caller is gone.
            }
          });
      assertThatThrownBy(() ->
              WebhookCall.post(
                  URI.create("http://127.0.0.1:" + trickling.getLocalPort()),
                  Map.of(),
                  new byte[2],
                  new PeerPolicy(LOOPBACK, _ -> false),
                  Duration.ofMillis(500)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void nothingThatIsPrintedShowsTheSecret() throws Exception {
    Webhook webhook = webhooks.add("acme", url(), "a secret of mine", List.of("*"));
    assertThat(webhook.toString()).doesNotContain("a secret of mine");
  }
}
