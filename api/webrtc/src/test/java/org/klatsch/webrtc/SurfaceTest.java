package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The W3C's types: names, strings, argument checks.
final class SurfaceTest {
  private static void fails(String name, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  @Test
  void enumsHaveTheStringsOfTheW3c() {
    assertThat(RTCSignalingState.HAVE_LOCAL_PRANSWER).hasToString("have-local-pranswer");
    assertThat(RTCSignalingState.of("have-remote-offer"))
        .isSameAs(RTCSignalingState.HAVE_REMOTE_OFFER);
    assertThat(RTCBundlePolicy.MAX_BUNDLE).hasToString("max-bundle");
    assertThat(RTCErrorDetailType.SDP_SYNTAX_ERROR).hasToString("sdp-syntax-error");
    fails("TypeError", () -> RTCSdpType.of("Offer"));
  }

  @Test
  void exceptionsHaveNameAndLegacyCode() {
    DOMException e = new DOMException("why", "InvalidStateError");
    assertThat(e.name()).isEqualTo("InvalidStateError");
    assertThat(e.code()).isEqualTo(11);
    assertThat(e.message()).isEqualTo("why");
    RTCError error =
        new RTCError(
            new RTCErrorInit(RTCErrorDetailType.SDP_SYNTAX_ERROR).withSdpLineNumber(3), "line");
    assertThat(error.name()).isEqualTo("OperationError");
    assertThat(error.code()).isZero();
    assertThat(error.sdpLineNumber()).isEqualTo(3);
    assertThat(error.receivedAlert()).isNull();
  }

  @Test
  void aCandidateShowsItsFields() {
    RTCIceCandidate candidate =
        new RTCIceCandidate(
            new RTCIceCandidateInit(
                "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.17.1"
                    + " rport 50021 generation 0 ufrag EsAw network-cost 999",
                "0"));
    assertThat(candidate.foundation()).isEqualTo("842163049");
    assertThat(candidate.component()).isEqualTo(RTCIceComponent.RTP);
    assertThat(candidate.protocol()).isEqualTo(RTCIceProtocol.UDP);
    assertThat(candidate.priority()).isEqualTo(1677729535L);
    assertThat(candidate.address()).isEqualTo("203.0.113.7");
    assertThat(candidate.port()).isEqualTo(46154);
    assertThat(candidate.type()).isEqualTo(RTCIceCandidateType.SRFLX);
    assertThat(candidate.relatedAddress()).isEqualTo("10.0.17.1");
    assertThat(candidate.relatedPort()).isEqualTo(50021);
    assertThat(candidate.usernameFragment()).isEqualTo("EsAw");
    assertThat(candidate.tcpType()).isNull();
  }

  @Test
  void aTcpCandidateShowsItsType() {
    RTCIceCandidate candidate =
        new RTCIceCandidate(
            new RTCIceCandidateInit(
                "candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
                null,
                0,
                "frag"));
    assertThat(candidate.protocol()).isEqualTo(RTCIceProtocol.TCP);
    assertThat(candidate.tcpType()).isEqualTo(RTCIceTcpCandidateType.ACTIVE);
    assertThat(candidate.usernameFragment()).isEqualTo("frag");
  }

  @Test
  void anUnreadableCandidateHasNullFieldsAndKeepsItsText() {
    RTCIceCandidate candidate = new RTCIceCandidate(new RTCIceCandidateInit("nonsense", "0"));
    assertThat(candidate.candidate()).isEqualTo("nonsense");
    assertThat(candidate.address()).isNull();
    assertThat(candidate.type()).isNull();
  }

  @Test
  void aCandidateNeedsAPlace() {
    fails("TypeError", () -> new RTCIceCandidate(new RTCIceCandidateInit()));
  }

  @Test
  void iceServerUrlsAreParsed() {
    IceServerUrl url = IceServerUrl.parse("turn:[2001:db8::1]:3479?transport=TCP");
    assertThat(url.host()).isEqualTo("2001:db8::1");
    assertThat(url.port()).isEqualTo(3479);
    assertThat(url.transport()).isEqualTo("tcp");
    assertThat(IceServerUrl.parse("stun:stun.example.org").port()).isEqualTo(3478);
    assertThat(IceServerUrl.parse("turns:turn.example.org").port()).isEqualTo(5349);
  }

  @Test
  void iceServersAreChecked() {
    for (String url :
        List.of(
            "",
            "http://x",
            "stun:",
            "stun://x",
            "stun:x:70000",
            "stun:x?transport=udp",
            "turn:x?transport=sctp",
            "stun:x y")) {
      fails("SyntaxError", () -> checkServer(new RTCIceServer(url, "u", "p")));
    }
    fails("SyntaxError", () -> checkServer(new RTCIceServer()));
    fails("InvalidAccessError", () -> checkServer(new RTCIceServer("turn:x")));
    checkServer(new RTCIceServer("stun:x", "stun:y:1"));
  }

  private static void checkServer(RTCIceServer server) {
    ConfigurationCheck.check(
        new RTCConfiguration().withIceServers(server), java.time.Instant.EPOCH);
  }

  @Test
  void channelArgumentsAreChecked() {
    String tooLong = "é".repeat(32_768);
    fails("TypeError", () -> ConfigurationCheck.checkChannel(tooLong, new RTCDataChannelInit()));
    fails(
        "TypeError",
        () -> ConfigurationCheck.checkChannel("", new RTCDataChannelInit().withProtocol(tooLong)));
    fails(
        "TypeError",
        () -> ConfigurationCheck.checkChannel("", new RTCDataChannelInit().withNegotiated(true)));
    fails(
        "TypeError",
        () ->
            ConfigurationCheck.checkChannel(
                "", new RTCDataChannelInit().withMaxPacketLifeTime(1).withMaxRetransmits(1)));
    fails(
        "TypeError",
        () ->
            ConfigurationCheck.checkChannel(
                "", new RTCDataChannelInit().withNegotiated(true).withId(65_535)));
    fails("TypeError", () -> new RTCDataChannelInit().withMaxRetransmits(-1));
    fails("TypeError", () -> new RTCDataChannelInit().withMaxPacketLifeTime(65_536));
    ConfigurationCheck.checkChannel("é".repeat(32_767), new RTCDataChannelInit().withId(65_535));
  }

  @Test
  void theSwitchTurnsEverythingOff() {
    assertThat(Disabled.isDisabled("true", null)).isTrue();
    assertThat(Disabled.isDisabled(null, "true")).isTrue();
    assertThat(Disabled.isDisabled("false", "true")).isFalse();
    assertThat(Disabled.isDisabled(null, null)).isFalse();
    System.setProperty("klatsch.disabled", "true");
    try {
      fails("NotSupportedError", RTCPeerConnection::new);
    } finally {
      System.clearProperty("klatsch.disabled");
    }
    PeerConnectionFactory.disable();
    try {
      fails("NotSupportedError", RTCPeerConnection::new);
    } finally {
      PeerConnectionFactory.enable();
    }
  }

  @Test
  void secretsAreNotShown() {
    assertThat(new RTCIceServer("turn:x", "user", "secret").toString()).doesNotContain("secret");
    assertThat(new RTCIceParameters("frag", "secret", false).toString()).doesNotContain("secret");
  }
}
