package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.sctp.dcep.DataChannel;

/// What the loop knows of a channel. Confined to the loop.
final class ChannelState {
  /// The channel in the association, null until there is one.
  @Nullable DataChannel handle;

  /// Whether either side has begun to close: nothing more is sent.
  boolean closeRequested;

  long messagesSent;
  long bytesSent;
  long messagesReceived;
  long bytesReceived;
}
