package org.klatsch.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.webrtc.RTCRtpCapabilities;
import org.klatsch.webrtc.RTCRtpCodec;
import org.klatsch.webrtc.RTCRtpReceiver;

/// The codecs that `klatsch peer --codec` can be told to use.
enum PeerCodec {
  VP8("video/VP8", 90_000, 0),
  VP9("video/VP9", 90_000, 0),
  AV1("video/AV1", 90_000, 0),
  H264("video/H264", 90_000, 0),
  OPUS("audio/opus", 48_000, 2),
  G722("audio/G722", 8_000, 1),
  PCMU("audio/PCMU", 8_000, 1),
  PCMA("audio/PCMA", 8_000, 1);

  private final String mimeType;
  private final int clockRateHz;
  private final int channels;

  PeerCodec(String mimeType, int clockRateHz, int channels) {
    this.mimeType = mimeType;
    this.clockRateHz = clockRateHz;
    this.channels = channels;
  }

  static PeerCodec of(String option) throws CommandException {
    for (PeerCodec codec : values()) {
      if (codec.toString().equals(option)) {
        return codec;
      }
    }
    throw CommandException.usage(
        "--codec "
            + option
            + ", expected one of "
            + Stream.of(values()).map(PeerCodec::toString).collect(Collectors.joining(", ")));
  }

  boolean isVideo() {
    return mimeType.startsWith("video/");
  }

  String mimeType() {
    return mimeType;
  }

  /// @throws CommandException when it cannot be encoded here
  void require() throws CommandException {
    if (isVideo()) {
      CallDevices.requireVideoEncoder();
    }
    if (!Codecs.installed().supports(new CodecFormat(mimeType, clockRateHz, channels, Map.of()))) {
      throw CommandException.failed(mimeType() + " cannot be encoded on this system");
    }
  }

  /// This codec and what goes with every codec of its kind, to be negotiated and nothing else.
  List<RTCRtpCodec> preferences() {
    RTCRtpCapabilities known =
        Objects.requireNonNull(RTCRtpReceiver.getCapabilities(isVideo() ? "video" : "audio"));
    return known.codecs().stream()
        .filter(each ->
            each.mimeType().equalsIgnoreCase(mimeType())
                || each.mimeType().equalsIgnoreCase("video/rtx")
                || each.mimeType().equalsIgnoreCase("audio/telephone-event"))
        .toList();
  }

  /// As on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
