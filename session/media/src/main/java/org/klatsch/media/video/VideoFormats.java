package org.klatsch.media.video;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.payload.Av1Depacketizer;
import org.klatsch.rtp.payload.Av1Packetizer;
import org.klatsch.rtp.payload.Depacketizer;
import org.klatsch.rtp.payload.H264Depacketizer;
import org.klatsch.rtp.payload.H264Packetizer;
import org.klatsch.rtp.payload.Packetizer;
import org.klatsch.rtp.payload.Vp8Depacketizer;
import org.klatsch.rtp.payload.Vp8Packetizer;
import org.klatsch.rtp.payload.Vp9Depacketizer;
import org.klatsch.rtp.payload.Vp9Packetizer;

/// The payload formats of video by the name of their codec.
public final class VideoFormats {
  private static final Set<String> NAMES = Set.of("vp8", "vp9", "h264", "av1");

  private VideoFormats() {}

  /// Whether a codec is known here.
  public static boolean isKnown(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }

  /// A packetizer; null for a codec that is not known here.
  ///
  /// @param name subtype of the media type
  /// @param packetizationMode of H.264, RFC 6184 §8.1
  /// @param firstPictureId at random, RFC 7741 §4.2 and RFC 9628 §4.2
  public static @Nullable Packetizer packetizer(
      String name, int packetizationMode, int firstPictureId) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "vp8" -> new Vp8Packetizer(firstPictureId);
      case "vp9" -> new Vp9Packetizer(firstPictureId);
      case "h264" -> new H264Packetizer(packetizationMode == 1 ? 1 : 0);
      case "av1" -> new Av1Packetizer();
      default -> null;
    };
  }

  /// A depacketizer; null for a codec that is not known here.
  ///
  /// @param maxFrame most bytes of a frame
  public static @Nullable Depacketizer depacketizer(String name, int maxFrame) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "vp8" -> new Vp8Depacketizer(maxFrame);
      case "vp9" -> new Vp9Depacketizer(maxFrame);
      case "h264" -> new H264Depacketizer(maxFrame);
      case "av1" -> new Av1Depacketizer(maxFrame);
      default -> null;
    };
  }
}
