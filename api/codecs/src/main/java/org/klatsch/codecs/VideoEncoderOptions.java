package org.klatsch.codecs;

/// How a video encoder begins.
///
/// @param bitrateBps start target; the bandwidth estimator changes it later
/// @param frameRate pictures per second the rate control counts on
/// @param keyFrameInterval pictures between key frames without request; 0 for requests only
/// @param threads worker threads inside the codec
public record VideoEncoderOptions(
    int bitrateBps, double frameRate, int keyFrameInterval, int threads) {
  public VideoEncoderOptions {
    if (bitrateBps <= 0 || frameRate <= 0 || keyFrameInterval < 0 || threads <= 0) {
      throw new IllegalArgumentException(
          "bitrate %d, frame rate %f, key frame interval %d, threads %d: expected positive"
              .formatted(bitrateBps, frameRate, keyFrameInterval, threads));
    }
  }

  /// 1 Mbit/s suits 640×360 at 30 pictures per second; key frames on request only, because each
  /// costs the bits of ten others; one thread, because a server encodes many tracks.
  public static VideoEncoderOptions defaults() {
    return new VideoEncoderOptions(1_000_000, 30, 0, 1);
  }

  public VideoEncoderOptions withBitrate(int bitsPerSecond) {
    return new VideoEncoderOptions(bitsPerSecond, frameRate, keyFrameInterval, threads);
  }

  public VideoEncoderOptions withFrameRate(double framesPerSecond) {
    return new VideoEncoderOptions(bitrateBps, framesPerSecond, keyFrameInterval, threads);
  }

  public VideoEncoderOptions withKeyFrameInterval(int pictures) {
    return new VideoEncoderOptions(bitrateBps, frameRate, pictures, threads);
  }

  public VideoEncoderOptions withThreads(int threads) {
    return new VideoEncoderOptions(bitrateBps, frameRate, keyFrameInterval, threads);
  }
}
