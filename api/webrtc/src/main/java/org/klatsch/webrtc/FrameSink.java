package org.klatsch.webrtc;

import org.klatsch.media.EncodedFrame;

/// Takes frames to send; any thread.
@FunctionalInterface
interface FrameSink {
  /// @param encoding which encoding of the track it is
  void send(EncodedFrame frame, int encoding);
}
