package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class JsepFuzzTest {
  /// Any text, as a first offer, as an answer, and as an offer to change a session: it is refused
  /// with a [JsepException], or negotiation with it ends well.
  @FuzzTest
  void takesAnyDescription(byte[] data) throws JsepException {
    String sdp = new String(data, StandardCharsets.UTF_8);
    Jsep fresh = JsepFixture.jsep(1);
    if (accepts(fresh, SdpType.OFFER, sdp)) {
      fresh.setLocalDescription(SdpType.PRANSWER, "");
      fresh.setLocalDescription();
      fresh.requestDataChannels();
      assertThat(fresh.createOffer(true).description().media().size())
          .isGreaterThanOrEqualTo(fresh.currentRemoteDescription().description().media().size());
      accepts(fresh, SdpType.OFFER, sdp);
    }
    Jsep offering = JsepFixture.withData(2);
    offering.setLocalDescription();
    if (accepts(offering, SdpType.ANSWER, sdp)) {
      offering.createOffer(false);
    }
    Jsep connected = JsepFixture.withData(3);
    JsepFixture.negotiate(connected, JsepFixture.jsep(4));
    if (accepts(connected, SdpType.OFFER, sdp)) {
      connected.setLocalDescription();
    }
    candidate(connected, sdp);
  }

  private static boolean accepts(Jsep jsep, SdpType type, String sdp) {
    try {
      jsep.setRemoteDescription(type, sdp);
      return true;
    } catch (JsepException e) {
      assertThat(e.kind()).isIn(JsepException.Kind.SDP_SYNTAX, JsepException.Kind.INVALID_ACCESS);
      return false;
    }
  }

  private static void candidate(Jsep jsep, String text) {
    try {
      jsep.addIceCandidate(text, null, 0, null);
    } catch (JsepException e) {
      assertThat(e.kind()).isEqualTo(JsepException.Kind.OPERATION);
    }
  }
}
