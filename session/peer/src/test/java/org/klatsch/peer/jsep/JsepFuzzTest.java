package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.klatsch.media.MediaKind;
import org.klatsch.peer.MediaParameters;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.SessionDescription;

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

  /// The same for a peer that knows every codec: as an offer, again as a changed one, as an answer
  /// to offers of media, rolled back, and followed by offers of our own.
  @FuzzTest
  void takesAnyDescriptionOfMedia(byte[] data) throws JsepException {
    String sdp = new String(data, StandardCharsets.UTF_8);
    Jsep fresh = JsepFixture.withMedia(1);
    fresh.addTrack(MediaKind.AUDIO, "track", List.of("stream"));
    if (accepts(fresh, SdpType.OFFER, sdp)) {
      fresh.setRemoteDescription(SdpType.ROLLBACK, "");
      assertThat(fresh.transceivers()).hasSize(1);
      assertThat(fresh.transceivers().getFirst().mid()).isNull();
      accepts(fresh, SdpType.OFFER, sdp);
      fresh.transceivers().forEach(each -> each.direction(DirectionAttribute.SENDRECV));
      answered(fresh);
      fresh.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV.withRids(List.of("a", "b")));
      assertWellFormed(fresh.createOffer(true));
      if (accepts(fresh, SdpType.OFFER, sdp)) {
        answered(fresh);
      }
    }
    Jsep offering = JsepFixture.withMedia(2);
    offering.addTrack(MediaKind.AUDIO, "track", List.of("stream"));
    offering.addTrack(MediaKind.VIDEO, "track", List.of("stream"));
    offering.requestDataChannels();
    offering.setLocalDescription();
    if (accepts(offering, SdpType.ANSWER, sdp)) {
      assertWellFormed(offering.createOffer(false));
    }
  }

  private static void answered(Jsep jsep) throws JsepException {
    JsepDescription answer = jsep.setLocalDescription();
    assertWellFormed(answer);
    assertThat(jsep.parameters().transports()).hasSizeLessThanOrEqualTo(1);
    for (MediaParameters media : jsep.parameters().media()) {
      assertThat(answer.sections().byMid(media.mid())).isNotNull();
      assertThat(media.send().codecs()).isNotEmpty();
    }
  }

  private static void assertWellFormed(JsepDescription description) {
    try {
      assertThat(SessionDescription.parse(description.sdp())).hasToString(description.sdp());
    } catch (MalformedSdpException e) {
      throw new AssertionError(description.sdp(), e);
    }
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
