package org.klatsch.whip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceCandidateInit;

final class FragmentsTest {
  private static final String CANDIDATE =
      "candidate:1 1 udp 2130706431 198.51.100.1 39132 typ host";
  private static final String SDP =
      String.join(
          "\r\n",
          "v=0",
          "o=- 1 1 IN IP4 0.0.0.0",
          "s=-",
          "t=0 0",
          "a=group:BUNDLE 0",
          "m=audio 9 UDP/TLS/RTP/SAVPF 111",
          "c=IN IP4 0.0.0.0",
          "a=mid:0",
          "a=ice-ufrag:old1",
          "a=ice-pwd:oldpasswordoldpasswordol",
          "a=" + CANDIDATE,
          "a=end-of-candidates",
          "a=rtpmap:111 opus/48000/2",
          "");

  @Test
  void takesCredentialsAndCandidatesOutOfADescription() {
    assertThat(Fragments.of(SDP).lines())
        .containsExactly(
            "a=group:BUNDLE 0",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
            "a=mid:0",
            "a=ice-ufrag:old1",
            "a=ice-pwd:oldpasswordoldpasswordol",
            "a=" + CANDIDATE,
            "a=end-of-candidates");
  }

  @Test
  void writesCandidatesThatComeLater() {
    RTCIceCandidate late = new RTCIceCandidate(new RTCIceCandidateInit(CANDIDATE, "0", 0, "old1"));
    assertThat(Fragments.of(SDP, List.of(late)).lines())
        .containsExactly(
            "a=ice-ufrag:old1",
            "a=ice-pwd:oldpasswordoldpasswordol",
            "m=audio 9 UDP/TLS/RTP/SAVPF 111",
            "a=mid:0",
            "a=" + CANDIDATE);
  }

  @Test
  void putsNewCredentialsAndCandidatesIntoAnAnswer() {
    String fragment =
        "a=ice-ufrag:new1\r\na=ice-pwd:newpasswordnewpasswordne\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
            + "a=candidate:2 1 udp 1 198.51.100.2 2 typ host\r\na=end-of-candidates\r\n";
    String restarted = Fragments.restarted(SDP, fragment);
    assertThat(restarted)
        .contains("a=ice-ufrag:new1\r\n", "a=ice-pwd:newpasswordnewpasswordne\r\n", "198.51.100.2")
        .doesNotContain("old1", "198.51.100.1")
        .contains("a=rtpmap:111 opus/48000/2\r\n");
  }
}
