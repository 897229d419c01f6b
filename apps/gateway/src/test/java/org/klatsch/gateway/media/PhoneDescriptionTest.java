package org.klatsch.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.klatsch.media.RtpCodec;
import org.klatsch.sdp.DirectionAttribute;

class PhoneDescriptionTest {
  private static final String HEAD =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

  private static PhoneDescription parse(String rest) throws UnacceptableMediaException {
    return PhoneDescription.parse(HEAD + rest);
  }

  @Test
  void knowsStaticPayloadTypesWithoutMap() throws Exception {
    PhoneDescription read =
        parse("m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n");

    assertThat(read.codecs())
        .extracting(RtpCodec::name)
        .containsExactly("pcma", "pcmu", "telephone-event");
    assertThat(read.rtp()).hasToString("192.0.2.1:4000");
    assertThat(read.rtcp()).hasToString("192.0.2.1:4001");
    assertThat(read.direction()).isEqualTo(DirectionAttribute.SENDRECV);
  }

  @Test
  void takesTheOldHoldForOne() throws Exception {
    PhoneDescription read = parse("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n");

    assertThat(read.rtp()).isNull();
  }

  @Test
  void findsPortsOfRtcp() throws Exception {
    assertThat(parse("m=audio 4000 RTP/AVP 0\r\na=rtcp:5000\r\n").rtcp())
        .hasToString("192.0.2.1:5000");
    assertThat(parse("m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n").rtcp())
        .hasToString("192.0.2.1:4000");
  }

  @Test
  void findsAudioBehindOtherMedia() throws Exception {
    PhoneDescription read =
        parse("m=video 0 RTP/AVP 31\r\nm=audio 4000 RTP/SAVP 0\r\na=sendonly\r\n");

    assertThat(read.index()).isEqualTo(1);
    assertThat(read.isSecure()).isTrue();
    assertThat(read.direction()).isEqualTo(DirectionAttribute.SENDONLY);
  }

  @Test
  void refusesWhatHasNoAudio() {
    assertThatThrownBy(() -> parse("m=image 4000 udptl t38\r\n"))
        .isInstanceOf(UnacceptableMediaException.class);
    assertThatThrownBy(() -> PhoneDescription.parse("nonsense"))
        .isInstanceOf(UnacceptableMediaException.class);
  }
}
