package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.SessionDescription;

/// Which payload formats match, and what is said of them.
class CodecsTest {
  private static final String HEAD = "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\n";

  /// Codecs of an m-section given as lines.
  private static List<RtpCodec> codecs(String... lines) throws MalformedSdpException {
    return MediaFormats.read(
        SessionDescription.parse(HEAD + String.join("\n", lines) + "\n").media().getFirst());
  }

  private static List<String> text(List<RtpCodec> codecs) {
    return codecs.stream()
        .map(codec -> codec.payloadType() + " " + codec.name() + " " + codec.fmtpLine())
        .map(String::strip)
        .toList();
  }

  private static RtpCodec h264(String fmtp) {
    return RtpCodec.of("video/H264", 100, 90_000, 1).withParameters(RtpCodec.parseFmtp(fmtp));
  }

  /// RFC 6184 §8.1, table 5.
  @ParameterizedTest
  @CsvSource({
    "42e01f, CB", "42E01F, CB", "42c01f, CB", "42401f, CB", "4d801f, CB", "4de01f, CB",
        "58c01f, CB",
    "42001f, B", "42801f, B", "58801f, B", "4d001f, M", "4d401f, M", "58001f, E", "64001f, H",
    "640c1f, CH", "6e001f, 6e00"
  })
  void knowsTheProfilesOfH264(String profileLevelId, String profile) {
    assertThat(CodecMatch.h264Profile(h264("profile-level-id=" + profileLevelId)))
        .isEqualTo(profile);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "packetization-mode=1;profile-level-id=42e01f | packetization-mode=1;profile-level-id=42e034 | true",
        "packetization-mode=1;profile-level-id=42e01f | profile-level-id=42e01f | false",
        "packetization-mode=0;profile-level-id=42e01f | profile-level-id=42c00b | true",
        "packetization-mode=1;profile-level-id=42e01f | packetization-mode=1;profile-level-id=42001f | false",
        "packetization-mode=0;profile-level-id=42001f | packetization-mode=0 | true",
        "packetization-mode=0;profile-level-id=42001f | profile-level-id=nonsense | true",
      })
  void comparesH264ByProfileAndMode(String ours, String theirs, boolean same) {
    assertThat(CodecMatch.sameFormat(h264(ours), h264(theirs))).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e00b"
            + "|level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "packetization-mode=1;profile-level-id=42e00b|packetization-mode=1;profile-level-id=42e00b",
        "packetization-mode=1;profile-level-id=42c034|packetization-mode=1;profile-level-id=42c01f",
      })
  void answersTheLevelOfH264(String offered, String answer) {
    RtpCodec ours = h264("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
    assertThat(ours.withParameters(CodecMatch.answered(h264(offered), ours)).fmtpLine())
        .isEqualTo(answer);
  }

  @Test
  void keepsTheOffersNumbersAndPairsRetransmissions() throws MalformedSdpException {
    List<RtpCodec> offered =
        codecs(
            "m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100",
            "a=rtpmap:120 vp8/90000",
            "a=rtpmap:124 rtx/90000",
            "a=fmtp:124 apt=120;rtx-time=3000",
            "a=rtpmap:121 H265/90000",
            "a=rtpmap:125 rtx/90000",
            "a=fmtp:125 apt=121",
            "a=rtpmap:99 VP9/90000",
            "a=rtpmap:100 rtx/90000",
            "a=fmtp:100 apt=7");

    assertThat(text(Codecs.answered(offered, MediaCapabilities.standard().video())))
        .containsExactly("120 vp8", "124 rtx apt=120", "99 vp9 profile-id=0");
  }

  @Test
  void vp9ProfilesAreDifferentFormats() throws MalformedSdpException {
    List<RtpCodec> offered =
        codecs(
            "m=video 9 UDP/TLS/RTP/SAVPF 98 100",
            "a=rtpmap:98 VP9/90000",
            "a=fmtp:98 profile-id=2",
            "a=rtpmap:100 VP9/90000",
            "a=fmtp:100 profile-id=0");

    assertThat(text(Codecs.answered(offered, MediaCapabilities.standard().video())))
        .containsExactly("100 vp9 profile-id=0");
  }

  @Test
  void audioRedNeedsTheCodecItRepeats() throws MalformedSdpException {
    String[] lines = {
      "m=audio 9 UDP/TLS/RTP/SAVPF 63 111 0 13 110 126",
      "a=rtpmap:63 red/48000/2",
      "a=fmtp:63 111/111/111",
      "a=rtpmap:111 opus/48000/2",
      "a=rtpmap:110 telephone-event/48000",
      "a=rtpmap:126 telephone-event/8000",
      "a=fmtp:126 0-15"
    };
    MediaCapabilities all = MediaCapabilities.standard();

    assertThat(text(Codecs.answered(codecs(lines), all.audio())))
        .containsExactly(
            "63 red 111/111/111",
            "111 opus minptime=10;useinbandfec=1",
            "0 pcmu",
            "13 cn",
            "110 telephone-event 0-15",
            "126 telephone-event 0-15");
    // Events and comfort noise go with a codec of their clock rate.
    assertThat(
            text(Codecs.answered(codecs(lines), all.onlyMedia(codec -> codec.is("pcmu")).audio())))
        .containsExactly("0 pcmu", "13 cn", "126 telephone-event 0-15");
    assertThat(
            text(Codecs.answered(codecs(lines), all.onlyMedia(codec -> codec.is("opus")).audio())))
        .containsExactly(
            "63 red 111/111/111",
            "111 opus minptime=10;useinbandfec=1",
            "110 telephone-event 0-15");
  }

  @Test
  void stereoAndMonoAreDifferentCodecs() throws MalformedSdpException {
    List<RtpCodec> offered =
        codecs(
            "m=audio 9 UDP/TLS/RTP/SAVPF 96 97 9",
            "a=rtpmap:96 opus/48000",
            "a=rtpmap:97 OPUS/48000/2",
            "a=rtpmap:9 G722/8000/1");

    assertThat(text(Codecs.answered(offered, MediaCapabilities.standard().audio())))
        .containsExactly("97 opus minptime=10;useinbandfec=1", "9 g722");
  }

  @Test
  void readsWhatPeersLeaveOutOrWriteTwice() throws MalformedSdpException {
    List<RtpCodec> read =
        codecs(
            "m=audio 9 RTP/AVP 0 8 0 200 x 97 98",
            "a=rtpmap:97 opus/48000/2",
            "a=rtpmap:97 speex/8000",
            "a=rtcp-fb:* nack",
            "a=rtcp-fb:97 transport-cc",
            "a=rtcp-fb:97 nack");

    assertThat(text(read)).containsExactly("0 pcmu", "8 pcma", "97 opus");
    assertThat(read.getLast().rtcpFeedback())
        .containsExactly(RtcpFeedback.TRANSPORT_CC, RtcpFeedback.NACK);
  }

  @Test
  void protectionOfVideoGoesWithTheVideo() {
    MediaCapabilities all = MediaCapabilities.standard().withFlexFec();

    assertThat(text(all.onlyMedia(codec -> codec.is("vp8")).video()))
        .containsExactly(
            "96 vp8",
            "97 rtx apt=96",
            "118 red",
            "119 rtx apt=118",
            "120 ulpfec",
            "49 flexfec-03 repair-window=10000000",
            "50 flexfec repair-window=10000000");
    assertThat(all.onlyMedia(codec -> false).video()).isEmpty();
    assertThat(all.onlyMedia(codec -> false).supports(MediaKind.AUDIO)).isFalse();
  }

  @Test
  void preferencesOrderAndChoose() {
    List<RtpCodec> ours = MediaCapabilities.standard().video();
    RtpCodec vp9 = RtpCodec.of("video/VP9", 0, 90_000, 1);
    RtpCodec vp8 = RtpCodec.of("video/vp8", 0, 90_000, 1);
    RtpCodec rtx = RtpCodec.of("video/rtx", 0, 90_000, 1);

    assertThat(text(Codecs.preferred(ours, List.of(vp9, rtx, vp8))))
        .containsExactly("98 vp9 profile-id=0", "99 rtx apt=98", "96 vp8", "97 rtx apt=96");
    assertThat(text(Codecs.preferred(ours, List.of(vp8)))).containsExactly("96 vp8");
  }

  @Test
  void numbersFollowTheDescriptionsInForce() throws MalformedSdpException {
    Sections remote =
        new Sections(
            SessionDescription.parse(
                HEAD
                    + """
                    m=audio 9 UDP/TLS/RTP/SAVPF 96 111
                    a=rtpmap:96 opus/48000/2
                    a=rtpmap:111 speex/8000
                    m=video 9 UDP/TLS/RTP/SAVPF 120 124
                    a=rtpmap:120 VP8/90000
                    a=rtpmap:124 rtx/90000
                    a=fmtp:124 apt=120
                    """));
    PayloadTypes payloadTypes = new PayloadTypes(null, remote);
    MediaCapabilities some =
        MediaCapabilities.standard().onlyMedia(codec -> codec.is("opus") || codec.is("vp8"));

    assertThat(text(payloadTypes.assign(MediaKind.AUDIO, some.audio())))
        .containsExactly(
            "96 opus minptime=10;useinbandfec=1", "63 red 96/96", "110 telephone-event 0-15");
    List<String> video = text(payloadTypes.assign(MediaKind.VIDEO, some.video()));
    assertThat(video)
        .containsExactly("120 vp8", "124 rtx apt=120", "118 red", "119 rtx apt=118", "98 ulpfec");
    assertThat(text(payloadTypes.assign(MediaKind.VIDEO, some.video()))).isEqualTo(video);
  }

  @Test
  void takenNumbersAreReplacedByFreeOnes() throws MalformedSdpException {
    Sections remote =
        new Sections(
            SessionDescription.parse(
                HEAD
                    + "m=audio 9 UDP/TLS/RTP/SAVPF 96 97\na=rtpmap:96 x/8000\na=rtpmap:97 y/8000\n"));

    List<RtpCodec> assigned =
        new PayloadTypes(null, remote)
            .assign(
                MediaKind.VIDEO,
                MediaCapabilities.standard().onlyMedia(codec -> codec.is("vp8")).video());

    assertThat(text(assigned))
        .containsExactly("98 vp8", "99 rtx apt=98", "118 red", "119 rtx apt=118", "120 ulpfec");
  }

  @Test
  void capabilitiesRefuseWhatCannotBeOffered() {
    RtpCodec opus = RtpCodec.of("audio/opus", 111, 48_000, 2);
    assertThatThrownBy(
            () -> new MediaCapabilities(List.of(opus, opus), List.of(), List.of(), List.of()))
        .hasMessageContaining("111 stands twice");
    assertThatThrownBy(() -> new MediaCapabilities(List.of(), List.of(opus), List.of(), List.of()))
        .hasMessageContaining("expected video/");
  }
}
