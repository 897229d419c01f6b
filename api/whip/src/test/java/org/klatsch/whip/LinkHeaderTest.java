package org.klatsch.whip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.webrtc.RTCIceServer;

final class LinkHeaderTest {
  @Test
  void readsTheServersOfTheRfcsExample() {
    List<RTCIceServer> servers =
        LinkHeader.iceServers(
            List.of(
                "<stun:stun.example.net>; rel=\"ice-server\"",
                "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"user\";"
                    + " credential=\"myPassword\"; credential-type=\"password\","
                    + " <turns:turn.example.net?transport=tcp>; rel=\"ice-server\";"
                    + " username=\"us\\\"er\"; credential=\"other\""));
    assertThat(servers)
        .extracting(each -> each.urls().getFirst())
        .containsExactly(
            "stun:stun.example.net",
            "turn:turn.example.net?transport=udp",
            "turns:turn.example.net?transport=tcp");
    assertThat(servers.get(0).username()).isNull();
    assertThat(servers.get(1).username()).isEqualTo("user");
    assertThat(servers.get(1).credential()).isEqualTo("myPassword");
    assertThat(servers.get(2).username()).isEqualTo("us\"er");
  }

  @Test
  void ignoresOtherLinksAndSchemes() {
    assertThat(
            LinkHeader.iceServers(
                List.of(
                    "<https://example.net/next>; rel=\"next\"",
                    "<https://example.net>; rel=\"ice-server\"",
                    "<turn:host>",
                    "nonsense",
                    "")))
        .isEmpty();
  }

  @Test
  void takesNoMoreThanAFew() {
    assertThat(LinkHeader.iceServers(List.of("<stun:h>; rel=\"ice-server\",".repeat(1000))))
        .hasSize(16);
  }
}
