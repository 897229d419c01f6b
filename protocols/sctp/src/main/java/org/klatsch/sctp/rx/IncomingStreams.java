package org.klatsch.sctp.rx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The streams that were used so far, by id.
final class IncomingStreams {
  private final int sequenceMask;
  private @Nullable IncomingStream[] streams = new IncomingStream[4];

  IncomingStreams(boolean interleaved) {
    this.sequenceMask = interleaved ? -1 : 0xffff;
  }

  IncomingStream stream(int id) {
    if (id >= streams.length) {
      streams = Arrays.copyOf(streams, Math.max(id + 1, streams.length * 2));
    }
    IncomingStream stream = streams[id];
    if (stream == null) {
      stream = new IncomingStream(id, sequenceMask);
      streams[id] = stream;
    }
    return stream;
  }

  /// @return bytes dropped
  long reset(int id) {
    IncomingStream stream = id < streams.length ? streams[id] : null;
    return stream == null ? 0 : stream.reset();
  }

  /// @return bytes dropped
  long resetAll() {
    long dropped = 0;
    for (IncomingStream stream : streams) {
      if (stream != null) {
        dropped += stream.reset();
      }
    }
    return dropped;
  }
}
