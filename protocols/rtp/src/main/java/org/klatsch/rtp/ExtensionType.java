package org.klatsch.rtp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A header extension known here, by its URI, RFC 8285 §5.
public enum ExtensionType {
  /// Media section of a bundle, RFC 8843 §15.
  MID("urn:ietf:params:rtp-hdrext:sdes:mid"),
  /// RtpStreamId, RFC 8852 §4.1.
  RID("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
  /// RepairedRtpStreamId, RFC 8852 §4.2.
  REPAIRED_RID("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"),
  /// Client-to-mixer audio level, RFC 6464.
  AUDIO_LEVEL("urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
  /// Mixer-to-client audio levels, RFC 6465.
  CSRC_AUDIO_LEVEL("urn:ietf:params:rtp-hdrext:csrc-audio-level"),
  /// Time of sending in 24 bits, draft-alvestrand-rmcat-remb-03 §2.1.
  ABS_SEND_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
  /// Offset of the time of sending to the timestamp, RFC 5450.
  TRANSMISSION_OFFSET("urn:ietf:params:rtp-hdrext:toffset"),
  /// Transport-wide sequence number, draft-holmer-rmcat-transport-wide-cc-extensions-01 §2.
  TRANSPORT_SEQUENCE("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"),
  /// Transport-wide sequence number with optional request for feedback.
  TRANSPORT_SEQUENCE_V2("http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02"),
  /// Absolute capture time.
  ABS_CAPTURE_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"),
  /// Coordination of video orientation, 3GPP TS 26.114 §7.4.5.
  VIDEO_ORIENTATION("urn:3gpp:video-orientation"),
  /// Limits of the play-out delay.
  PLAYOUT_DELAY("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"),
  /// Camera or screen.
  VIDEO_CONTENT_TYPE("http://www.webrtc.org/experiments/rtp-hdrext/video-content-type"),
  /// Times of the sender's video pipeline.
  VIDEO_TIMING("http://www.webrtc.org/experiments/rtp-hdrext/video-timing"),
  /// Colour space of the picture.
  COLOR_SPACE("http://www.webrtc.org/experiments/rtp-hdrext/color-space"),
  /// Bitrates of all layers of a simulcast.
  VIDEO_LAYERS_ALLOCATION("http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00"),
  /// Dependency descriptor, AV1 RTP payload specification appendix A.
  DEPENDENCY_DESCRIPTOR(
      "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension");

  private static final Map<String, ExtensionType> BY_URI = new HashMap<>();

  static {
    for (ExtensionType type : values()) {
      BY_URI.put(type.uri, type);
    }
  }

  private final String uri;

  ExtensionType(String uri) {
    this.uri = uri;
  }

  /// The URI of `a=extmap`.
  public String uri() {
    return uri;
  }

  /// The type with this URI, or null.
  public static @Nullable ExtensionType ofUri(String uri) {
    return BY_URI.get(uri);
  }
}
