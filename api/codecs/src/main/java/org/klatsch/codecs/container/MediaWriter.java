package org.klatsch.codecs.container;

import java.io.IOException;

/// A file under way that takes encoded frames. See [FileFormat#writer].
public sealed interface MediaWriter extends AutoCloseable
    permits Mp4Writer, OggOpusWriter, WavWriter, WebmWriter {
  /// Appends a frame. Tracks are interleaved as they come; within a track time does not go back.
  void write(MediaPacket packet) throws IOException;

  /// Hands over what can be read already.
  void flush() throws IOException;

  /// Completes the file.
  @Override
  void close() throws IOException;
}
