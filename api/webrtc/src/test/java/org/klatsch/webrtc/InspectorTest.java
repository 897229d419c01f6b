package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class InspectorTest {
  private static InspectedConnection find(Inspector inspector, RTCPeerConnection connection) {
    return inspector.connections().stream()
        .filter(each -> each.name().equals(connection.log().name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void showsDescriptionsPairsEventsAndStatisticsOverTimeWithoutSecrets() throws Exception {
    try (Inspector inspector = Inspector.start(Duration.ofMillis(5));
        Pair pair = new Pair()) {
      pair.connect();
      InspectedConnection seen = find(inspector, pair.a);
      while (seen.samples().values().stream().noneMatch(series -> series.size() >= 3)) {
        Thread.onSpinWait();
        seen = find(inspector, pair.a);
      }
      assertThat(seen.closed()).isFalse();
      assertThat(seen.states()).containsEntry("signalingState", "stable");
      assertThat(seen.descriptions())
          .extracting(each -> each.local() + " " + each.type())
          .containsExactly("true offer", "false answer");
      assertThat(seen.candidatePairs()).isNotEmpty();
      assertThat(seen.samples()).containsKey("transport.bytesSent");
      assertThat(seen.events())
          .extracting(InspectedConnection.Entry::what)
          .contains("icecandidate", "addIceCandidate", "signalingstatechange");
      String dump = inspector.dump();
      for (RTCPeerConnection each : List.of(pair.a, pair.b)) {
        RTCSessionDescription local = each.localDescription();
        String password =
            local
                .sdp()
                .lines()
                .filter(line -> line.startsWith("a=ice-pwd:"))
                .findFirst()
                .orElseThrow()
                .substring("a=ice-pwd:".length());
        assertThat(dump).doesNotContain(password);
      }
      assertThat(dump).contains("a=ice-pwd:(hidden)").contains("\"type\":\"transport\"");
      // It is JSON: the flat reader passes over what is nested.
      assertThat(Json.parseObject(dump).values()).containsKey("time");
    }
  }

  @Test
  void credentialsOfServersAreNotShown() throws Exception {
    RTCConfiguration configuration =
        new RTCConfiguration()
            .withIceServers(new RTCIceServer("turn:127.0.0.1:1", "somebody", "s3cr3t-w0rd"));
    try (Inspector inspector = Inspector.start(Duration.ofSeconds(1));
        Pair pair = new Pair();
        RTCPeerConnection connection = pair.factory.createPeerConnection(configuration)) {
      assertThat(find(inspector, connection).iceServers()).containsExactly("turn:127.0.0.1:1");
      assertThat(inspector.dump()).doesNotContain("s3cr3t-w0rd").doesNotContain("somebody");
    }
  }

  @Test
  void aRefusedDescriptionIsLoggedAndAClosedConnectionStaysVisible() throws Exception {
    try (Inspector inspector = Inspector.start(Duration.ofSeconds(1));
        Pair pair = new Pair()) {
      RTCSessionDescriptionInit nonsense =
          new RTCSessionDescriptionInit(RTCSdpType.OFFER, "v=0\r\na=ice-pwd:topsecretpassword\r\n");
      assertThat(pair.a.setRemoteDescription(nonsense)).failsWithin(Duration.ofSeconds(20));
      pair.a.close();
      InspectedConnection seen = find(inspector, pair.a);
      assertThat(seen.closed()).isTrue();
      assertThat(seen.events())
          .extracting(InspectedConnection.Entry::what)
          .contains("setRemoteDescription failed", "close");
      assertThat(inspector.dump()).doesNotContain("topsecretpassword");
    }
  }

  @Test
  void keysOfSrtpInDescriptionsAreHiddenToo() {
    String line =
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20";
    assertThat(InspectedConnection.Description.withoutSecrets(line))
        .isEqualTo("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(hidden)|2^20");
  }

  @Test
  void logsAreBounded() throws Exception {
    ConnectionLog log = new ConnectionLog("test");
    for (int i = 0; i < 1000; i++) {
      log.event("event", "" + i);
      log.description(true, "offer", "v=0");
    }
    assertThat(log.events()).hasSize(100);
    assertThat(log.dropped()).isEqualTo(900);
    assertThat(log.descriptions()).hasSize(8);
  }
}
