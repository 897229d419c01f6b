package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// An encoded frame of video. See [EncodedFrame] for what all frames have.
///
/// @param keyFrame decodable without others
/// @param width in pixels; 0 when unknown, as in most frames received that are no key frames
/// @param height in pixels; 0 when unknown
/// @param rotation 0, 90, 180 or 270 degrees clockwise to be applied by who shows it
/// @param spatialLayer 0 is the base
/// @param temporalLayer 0 is the base; −1 when the stream has none
/// @param discardable no later frame refers to it
public record EncodedVideoFrame(
    RtpCodec codec,
    byte[] payload,
    int rtpTimestamp,
    boolean keyFrame,
    int width,
    int height,
    int rotation,
    int spatialLayer,
    int temporalLayer,
    boolean discardable,
    long captureTime,
    @Nullable FrameOrigin origin)
    implements EncodedFrame {
  /// A frame to send, with one layer.
  public static EncodedVideoFrame of(
      RtpCodec codec, byte[] payload, int rtpTimestamp, boolean keyFrame, long captureTime) {
    return new EncodedVideoFrame(
        codec, payload, rtpTimestamp, keyFrame, 0, 0, 0, 0, -1, false, captureTime, null);
  }

  public EncodedVideoFrame withSize(int newWidth, int newHeight) {
    return new EncodedVideoFrame(
        codec,
        payload,
        rtpTimestamp,
        keyFrame,
        newWidth,
        newHeight,
        rotation,
        spatialLayer,
        temporalLayer,
        discardable,
        captureTime,
        origin);
  }

  public EncodedVideoFrame withRotation(int degrees) {
    return new EncodedVideoFrame(
        codec,
        payload,
        rtpTimestamp,
        keyFrame,
        width,
        height,
        degrees,
        spatialLayer,
        temporalLayer,
        discardable,
        captureTime,
        origin);
  }

  public EncodedVideoFrame withLayers(int spatial, int temporal, boolean newDiscardable) {
    return new EncodedVideoFrame(
        codec,
        payload,
        rtpTimestamp,
        keyFrame,
        width,
        height,
        rotation,
        spatial,
        temporal,
        newDiscardable,
        captureTime,
        origin);
  }

  public EncodedVideoFrame withPayload(byte[] value) {
    return new EncodedVideoFrame(
        codec,
        value,
        rtpTimestamp,
        keyFrame,
        width,
        height,
        rotation,
        spatialLayer,
        temporalLayer,
        discardable,
        captureTime,
        origin);
  }
}
