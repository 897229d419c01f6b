package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.ExtmapAttribute;

/// Numbers of RTP header extensions, RFC 8285.
class HeaderExtensionsTest {
  private static final List<HeaderExtensionCapability> OURS =
      List.of(
          HeaderExtensionCapability.of("urn:one"),
          HeaderExtensionCapability.of("urn:two"),
          new HeaderExtensionCapability("urn:received", DirectionAttribute.RECVONLY),
          new HeaderExtensionCapability("urn:off", DirectionAttribute.INACTIVE));

  private static ExtmapAttribute extmap(int id, String uri) {
    return new ExtmapAttribute(id, null, uri, null);
  }

  private static List<String> text(List<ExtmapAttribute> extensions) {
    return extensions.stream().map(ExtmapAttribute::attributeValue).toList();
  }

  private static HeaderExtensions fresh() {
    return new HeaderExtensions(null, null);
  }

  @Test
  void offersOneNumberPerUri() {
    HeaderExtensions extensions = fresh();
    List<String> audio = text(extensions.offered(OURS, true));

    assertThat(audio).containsExactly("1 urn:one", "2 urn:two", "3/recvonly urn:received");
    assertThat(text(extensions.offered(OURS.reversed(), true)))
        .containsExactly("3/recvonly urn:received", "2 urn:two", "1 urn:one");
  }

  @Test
  void numbersBeyondFourteenNeedTwoByteHeaders() {
    List<HeaderExtensionCapability> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      many.add(HeaderExtensionCapability.of("urn:" + i));
    }

    assertThat(fresh().offered(many, false)).hasSize(14);
    assertThat(fresh().offered(many, true))
        .extracting(ExtmapAttribute::id)
        .hasSize(20)
        .contains(14, 16)
        .doesNotContain(15);
  }

  @Test
  void answersUnderTheNumbersOfTheOffer() {
    assertThat(
            text(
                fresh()
                    .answered(
                        List.of(
                            extmap(7, "urn:two"),
                            extmap(3, "urn:unknown"),
                            extmap(200, "urn:one"),
                            extmap(9, "urn:off")),
                        OURS)))
        .containsExactly("7 urn:two", "200 urn:one");
  }

  @Test
  void answersTheReverseDirection() {
    assertThat(
            text(
                fresh()
                    .answered(
                        List.of(
                            new ExtmapAttribute(1, DirectionAttribute.SENDONLY, "urn:one", null),
                            new ExtmapAttribute(2, DirectionAttribute.INACTIVE, "urn:two", null),
                            new ExtmapAttribute(
                                3, DirectionAttribute.SENDRECV, "urn:received", "x y")),
                        OURS)))
        .containsExactly("1/recvonly urn:one", "3/recvonly urn:received x y");
  }

  @Test
  void choosesForOffersThatLeaveTheNumberOpen() {
    assertThat(text(fresh().answered(List.of(extmap(1, "urn:two"), extmap(4096, "urn:one")), OURS)))
        .containsExactly("1 urn:two", "2 urn:one");
  }

  @Test
  void oneNumberHasOneMeaningOnTheTransport() {
    HeaderExtensions extensions = fresh();

    assertThat(text(extensions.answered(List.of(extmap(4, "urn:one")), OURS)))
        .containsExactly("4 urn:one");
    assertThat(
            text(
                extensions.answered(
                    List.of(extmap(4, "urn:two"), extmap(4, "urn:one"), extmap(15, "urn:two")),
                    OURS)))
        .containsExactly("4 urn:one");
  }

  @Test
  void laterOffersKeepThePeersNumbers() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("firefox-offer.sdp"));
    jsep.setLocalDescription();
    jsep.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);

    JsepDescription offer = jsep.createOffer(false);

    // Firefox gave 3 to the mid and 7 to transport-wide sequence numbers.
    assertThat(offer.sdp().split("a=extmap:3 " + ExtensionType.MID.uri(), -1)).hasSize(4);
    assertThat(offer.sdp().split("a=extmap:7 " + ExtensionType.TRANSPORT_SEQUENCE.uri(), -1))
        .hasSize(4);
    assertThat(offer.sdp()).contains("m=video 0 UDP/TLS/RTP/SAVPF 120 124 121 125 ");
  }

  @Test
  void directionsRuleWhatIsSentAndWhatReceived() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("firefox-offer.sdp"));
    jsep.setLocalDescription();
    RtpHeaderExtension playout = new RtpHeaderExtension(ExtensionType.PLAYOUT_DELAY.uri(), 6);

    // a=extmap:6/recvonly is what Firefox receives, hence what we may send.
    assertThat(jsep.parameters().media("1").send().headerExtensions()).contains(playout);
    assertThat(jsep.parameters().media("1").receive().headerExtensions())
        .isNotEmpty()
        .doesNotContain(playout);
  }

  @Test
  void transceiverChoosesItsExtensions() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.addTransceiver(MediaKind.AUDIO, TransceiverInit.SENDRECV)
        .headerExtensions(List.of(HeaderExtensionCapability.of(ExtensionType.AUDIO_LEVEL.uri())));

    assertThat(jsep.createOffer(false).sdp())
        .contains("a=extmap:1 " + ExtensionType.AUDIO_LEVEL.uri())
        .doesNotContain("a=extmap:2");
  }
}
