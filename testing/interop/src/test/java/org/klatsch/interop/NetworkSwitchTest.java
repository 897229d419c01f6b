package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Two of our peers in network namespaces, whose networks change in the middle of a transfer with a
/// call beside it: one cable is pulled and another, with another address, plugged in.
@Tag("interop")
@Timeout(120)
class NetworkSwitchTest {
  private static final long BYTES = 300_000_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long MAX_PAUSE_MILLIS = 1_500;

  @TempDir private Path folder;

  @Test
  void nothingIsLostAndTheCallGoesOnWhenNetworksChange() throws Exception {
    Requirements.check(Namespaces::require);
    try (Namespaces namespaces = new Namespaces()) {
      String router = namespaces.add("r");
      namespaces.in(router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
      String a = host(namespaces, router, "a", 1);
      String b = host(namespaces, router, "b", 3);
      plug(namespaces, a, "eth0", 1);
      plug(namespaces, b, "eth0", 3);
      try (NamespacePeer offerer =
              new NamespacePeer(namespaces, a, folder, "-XX:+TieredCompilation");
          NamespacePeer answerer =
              new NamespacePeer(namespaces, b, folder, "-XX:+TieredCompilation")) {
        String offer =
            offerer.tell(NamespacePeer.step("offer").put("bytes", BYTES)).get("sdp").asString();
        String answer =
            answerer
                .tell(NamespacePeer.step("answer").put("bytes", BYTES).put("sdp", offer))
                .get("sdp")
                .asString();
        offerer.tell(NamespacePeer.step("accept").put("sdp", answer));
        awaitReceived(answerer, BYTES / 10);
        for (NamespacePeer each : new NamespacePeer[] {offerer, answerer}) {
          each.tell(NamespacePeer.step("measure"));
        }
        replug(namespaces, a, 2);
        awaitReceived(answerer, BYTES / 2);
        replug(namespaces, b, 4);
        long millis = LIMIT.toMillis();
        JsonNode received = answerer.tell(NamespacePeer.step("end").put("millis", millis));
        JsonNode sent = offerer.tell(NamespacePeer.step("end").put("millis", millis));
        System.out.println("network switch, sent and received: " + sent + " " + received);
        assertThat(received.get("received").asLong()).isEqualTo(BYTES);
        assertThat(received.get("sha256")).isEqualTo(sent.get("sha256"));
        for (JsonNode each : new JsonNode[] {sent, received}) {
          assertThat(each.get("frames").asLong()).isPositive();
          assertThat(each.get("longestPauseMillis").asLong()).isLessThan(MAX_PAUSE_MILLIS);
        }
        JsonNode pair = offerer.tell(NamespacePeer.step("pair"));
        assertThat(pair.path("local").asString()).contains(" udp ", "10.99.2.2");
        assertThat(pair.path("remote").asString()).contains(" udp ", "10.99.4.2");
      }
    }
  }

  /// A machine with two sockets at the router, network `first` and the one after it; neither is
  /// plugged in.
  private static String host(Namespaces namespaces, String router, String name, int first)
      throws IOException {
    String host = namespaces.add(name);
    for (int i = 0; i < 2; i++) {
      int network = first + i;
      namespaces.connect(host, "eth" + i, router, "p" + network);
      namespaces.ip(router, "addr", "add", "10.99." + network + ".1/24", "dev", "p" + network);
      namespaces.ip(host, "link", "set", "eth" + i, "down");
    }
    return host;
  }

  private static void plug(Namespaces namespaces, String host, String cable, int network)
      throws IOException {
    namespaces.ip(host, "link", "set", cable, "up");
    namespaces.ip(host, "addr", "add", "10.99." + network + ".2/24", "dev", cable);
    namespaces.ip(host, "route", "add", "default", "via", "10.99." + network + ".1");
  }

  private static void replug(Namespaces namespaces, String host, int network) throws IOException {
    namespaces.ip(host, "link", "set", "eth0", "down");
    namespaces.ip(host, "addr", "flush", "dev", "eth0");
    plug(namespaces, host, "eth1", network);
  }

  private static void awaitReceived(NamespacePeer peer, long bytes) throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (peer.tell(NamespacePeer.step("progress").put("atLeast", bytes)).get("received").asLong()
        < bytes) {
      assertThat(System.nanoTime()).as("received in time").isLessThan(deadline);
    }
  }
}
