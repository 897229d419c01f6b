package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.rtp.ExtensionType;

/// What media we can send and receive: it is offered, and compared with what a peer offers. A kind
/// without codecs is rejected.
///
/// @param audio codecs, best first, with the payload types we prefer; an `rtx` names its codec by
///   `apt`, an audio `red` its codecs by their payload types
/// @param video the same
public record MediaCapabilities(
    List<RtpCodec> audio,
    List<RtpCodec> video,
    List<HeaderExtensionCapability> audioExtensions,
    List<HeaderExtensionCapability> videoExtensions) {
  /// Data channels only.
  public static final MediaCapabilities NONE =
      new MediaCapabilities(List.of(), List.of(), List.of(), List.of());

  private static final List<RtcpFeedback> VIDEO_FEEDBACK =
      List.of(
          RtcpFeedback.REMB,
          RtcpFeedback.TRANSPORT_CC,
          RtcpFeedback.FIR,
          RtcpFeedback.NACK,
          RtcpFeedback.PLI,
          RtcpFeedback.RECEIVER_REFERENCE_TIME);

  public MediaCapabilities {
    audio = checked(MediaKind.AUDIO, audio);
    video = checked(MediaKind.VIDEO, video);
    audioExtensions = List.copyOf(audioExtensions);
    videoExtensions = List.copyOf(videoExtensions);
  }

  private static List<RtpCodec> checked(MediaKind kind, List<RtpCodec> codecs) {
    Set<Integer> payloadTypes = new HashSet<>();
    for (RtpCodec codec : codecs) {
      if (!codec.mimeType().startsWith(kind + "/")) {
        throw new IllegalArgumentException(codec.mimeType() + ", expected " + kind + "/…");
      }
      if (!payloadTypes.add(codec.payloadType())) {
        throw new IllegalArgumentException("payload type " + codec.payloadType() + " stands twice");
      }
    }
    return List.copyOf(codecs);
  }

  /// All that Klatsch has payload formats for. The payload types are those of Chromium, so that
  /// captures of calls read the same. [#onlyMedia] narrows it to the codecs there are.
  public static MediaCapabilities standard() {
    List<RtpCodec> video = new ArrayList<>();
    addWithRtx(video, "VP8", 96, 97, Map.of());
    addWithRtx(video, "VP9", 98, 99, Map.of("profile-id", "0"));
    addWithRtx(video, "H264", 102, 103, h264("42001f", 1));
    addWithRtx(video, "H264", 104, 107, h264("42001f", 0));
    addWithRtx(video, "H264", 108, 109, h264("42e01f", 1));
    addWithRtx(video, "H264", 114, 115, h264("42e01f", 0));
    addWithRtx(video, "AV1", 45, 46, Map.of());
    addWithRtx(video, "red", 118, 119, Map.of());
    video.add(RtpCodec.of("video/ulpfec", 120, 90_000, 1));
    return new MediaCapabilities(
        List.of(
            new RtpCodec(
                "audio/opus",
                111,
                48_000,
                2,
                ordered("minptime", "10", "useinbandfec", "1"),
                List.of(RtcpFeedback.TRANSPORT_CC)),
            RtpCodec.of("audio/red", 63, 48_000, 2).withParameters(Map.of("111/111", "")),
            RtpCodec.of("audio/G722", 9, 8000, 1),
            RtpCodec.of("audio/PCMU", 0, 8000, 1),
            RtpCodec.of("audio/PCMA", 8, 8000, 1),
            RtpCodec.of("audio/CN", 13, 8000, 1),
            RtpCodec.of("audio/telephone-event", 110, 48_000, 1).withParameters(Map.of("0-15", "")),
            RtpCodec.of("audio/telephone-event", 126, 8000, 1).withParameters(Map.of("0-15", ""))),
        video,
        extensions(
            ExtensionType.AUDIO_LEVEL,
            ExtensionType.ABS_SEND_TIME,
            ExtensionType.TRANSPORT_SEQUENCE,
            ExtensionType.MID,
            ExtensionType.ABS_CAPTURE_TIME),
        extensions(
            ExtensionType.ABS_SEND_TIME,
            ExtensionType.VIDEO_ORIENTATION,
            ExtensionType.TRANSPORT_SEQUENCE,
            ExtensionType.PLAYOUT_DELAY,
            ExtensionType.MID,
            ExtensionType.RID,
            ExtensionType.REPAIRED_RID,
            ExtensionType.ABS_CAPTURE_TIME,
            ExtensionType.DEPENDENCY_DESCRIPTOR));
  }

  private static void addWithRtx(
      List<RtpCodec> to, String name, int payloadType, int rtx, Map<String, String> parameters) {
    List<RtcpFeedback> feedback = name.equals("red") ? List.of() : VIDEO_FEEDBACK;
    to.add(new RtpCodec("video/" + name, payloadType, 90_000, 1, parameters, feedback));
    to.add(
        RtpCodec.of("video/rtx", rtx, 90_000, 1)
            .withParameters(Map.of("apt", Integer.toString(payloadType))));
  }

  private static Map<String, String> h264(String profileLevelId, int packetizationMode) {
    return ordered(
        "level-asymmetry-allowed",
        "1",
        "packetization-mode",
        Integer.toString(packetizationMode),
        "profile-level-id",
        profileLevelId);
  }

  private static Map<String, String> ordered(String... namesAndValues) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return parameters;
  }

  private static List<HeaderExtensionCapability> extensions(ExtensionType... types) {
    List<HeaderExtensionCapability> extensions = new ArrayList<>();
    for (ExtensionType type : types) {
      extensions.add(HeaderExtensionCapability.of(type.uri()));
    }
    return extensions;
  }

  /// These capabilities with FlexFEC for video, RFC 8627, also in the form of its third draft that
  /// some browsers speak. Its packets need no place among those of the medium, but no browser
  /// offers it by itself.
  public MediaCapabilities withFlexFec() {
    List<RtpCodec> protectedVideo = new ArrayList<>(video);
    protectedVideo.add(flexFec("flexfec-03", 49));
    protectedVideo.add(flexFec("flexfec", 50));
    return new MediaCapabilities(audio, protectedVideo, audioExtensions, videoExtensions);
  }

  /// These capabilities with the feedback of RFC 8888 in place of transport-wide feedback.
  public MediaCapabilities withCongestionFeedback() {
    return new MediaCapabilities(
        reportedByStream(audio),
        reportedByStream(video),
        withoutTransportSequence(audioExtensions),
        withoutTransportSequence(videoExtensions));
  }

  private static List<RtpCodec> reportedByStream(List<RtpCodec> codecs) {
    return codecs.stream()
        .map(codec ->
            codec.withRtcpFeedback(
                codec.rtcpFeedback().stream()
                    .map(each ->
                        each.equals(RtcpFeedback.TRANSPORT_CC) ? RtcpFeedback.CONGESTION : each)
                    .toList()))
        .toList();
  }

  private static List<HeaderExtensionCapability> withoutTransportSequence(
      List<HeaderExtensionCapability> extensions) {
    return extensions.stream()
        .filter(each -> !each.uri().equals(ExtensionType.TRANSPORT_SEQUENCE.uri()))
        .toList();
  }

  /// With a repair window of ten seconds, in microseconds, as browsers write it, RFC 8627 §5.1.
  private static RtpCodec flexFec(String name, int payloadType) {
    return new RtpCodec(
        "video/" + name,
        payloadType,
        90_000,
        1,
        Map.of("repair-window", "10000000"),
        List.of(RtcpFeedback.REMB, RtcpFeedback.TRANSPORT_CC));
  }

  /// Only the codecs there are encoders and decoders for, with what goes with them: without any
  /// codec nothing remains of a kind.
  ///
  /// @param present asked for each codec that carries a medium
  public MediaCapabilities onlyMedia(Predicate<RtpCodec> present) {
    return new MediaCapabilities(
        Codecs.complete(audio, codec -> !codec.isMedia() || present.test(codec)),
        Codecs.complete(video, codec -> !codec.isMedia() || present.test(codec)),
        audioExtensions,
        videoExtensions);
  }

  /// The codecs of a kind.
  public List<RtpCodec> codecs(MediaKind kind) {
    return kind == MediaKind.AUDIO ? audio : video;
  }

  /// The header extensions of a kind.
  public List<HeaderExtensionCapability> extensions(MediaKind kind) {
    return kind == MediaKind.AUDIO ? audioExtensions : videoExtensions;
  }

  boolean supports(MediaKind kind) {
    return codecs(kind).stream().anyMatch(RtpCodec::isMedia);
  }
}
