package org.klatsch.webrtc;

/// Which constraints are looked at, Media Capture and Streams §9.2. Those of processing that does
/// not exist here are not: such a wish is passed over.
public record MediaTrackSupportedConstraints(
    boolean width,
    boolean height,
    boolean aspectRatio,
    boolean frameRate,
    boolean facingMode,
    boolean resizeMode,
    boolean sampleRate,
    boolean sampleSize,
    boolean echoCancellation,
    boolean autoGainControl,
    boolean noiseSuppression,
    boolean latency,
    boolean channelCount,
    boolean deviceId,
    boolean groupId,
    boolean backgroundBlur) {
  static final MediaTrackSupportedConstraints OURS =
      new MediaTrackSupportedConstraints(
          true, true, true, true, true, true, true, true, false, false, false, true, true, true,
          true, false);
}
