package org.klatsch.codecs;

import org.jspecify.annotations.Nullable;

/// Decodes one track's pictures. One thread at a time. Data come from strangers: whatever they
/// contain, a decoder returns a picture or none.
public interface VideoDecoder extends AutoCloseable {
  /// @param data one picture in the form of [EncodedVideo#data]
  /// @return null when nothing can be shown: data damaged, or its references are missing
  @Nullable VideoFrame decode(byte[] data, int offset, int length, long timestampNanos);

  /// Pictures that could not be decoded; when it grows, a key frame should be requested.
  long damagedFrames();

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
