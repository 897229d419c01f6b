package org.klatsch.codecs;

import org.jspecify.annotations.Nullable;

/// Encodes one track's pictures in real time. One thread at a time. A change of the pictures' size
/// starts anew with a key frame.
public interface VideoEncoder extends AutoCloseable {
  /// @param keyFrame whether a receiver asked for a picture that needs no others
  /// @return null when rate control drops the picture
  @Nullable EncodedVideo encode(VideoFrame frame, boolean keyFrame);

  /// New target, effective from the next picture on.
  void bitrate(int bitsPerSecond);

  /// Rate at which pictures come, for the rate control.
  void frameRate(double framesPerSecond);

  /// Names what does the work, for statistics; empty when it has no name.
  default String implementation() {
    return "";
  }

  /// Whether hardware does the work.
  default boolean isPowerEfficient() {
    return false;
  }

  @Override
  void close();
}
