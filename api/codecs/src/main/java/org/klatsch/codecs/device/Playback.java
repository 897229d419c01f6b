package org.klatsch.codecs.device;

import java.io.IOException;

/// A device that plays, until it is closed. One thread at a time.
public interface Playback extends AutoCloseable {
  /// Plays samples, channels interleaved; waits until the device has room. Its clock is the one
  /// that counts.
  ///
  /// @throws IOException when the device is gone
  void write(short[] pcm, int offset, int length) throws IOException;

  /// Stops at once and gives the device back.
  @Override
  void close();
}
