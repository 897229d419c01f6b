package org.klatsch.sctp.dcep;

import org.klatsch.sctp.SctpCloseCause;

/// What [DataChannels] reports to the layer above, in order.
public sealed interface DataChannelEvent {
  /// The association under the channels is established.
  record Connected(int maxChannels) implements DataChannelEvent {}

  /// The peer opened a channel; it is open at once, and [Opened] does not follow.
  record Announced(DataChannel channel) implements DataChannelEvent {}

  /// A channel opened on this side can be used.
  record Opened(DataChannel channel) implements DataChannelEvent {}

  /// A message. It holds the receive window until [DataChannel#consumed] is called with
  /// [#windowBytes()].
  ///
  /// @param text whether `data` is UTF-8 text, else binary
  /// @param data handed over
  /// @param windowBytes what to pass to [DataChannel#consumed] once the message is dealt with
  record Message(DataChannel channel, boolean text, byte[] data, int windowBytes)
      implements DataChannelEvent {}

  /// The channel's buffered amount fell to its threshold or below.
  record BufferedAmountLow(DataChannel channel) implements DataChannelEvent {}

  /// The peer began to close the channel; nothing can be sent any more.
  record Closing(DataChannel channel) implements DataChannelEvent {}

  /// The channel is closed; its id may be used again.
  ///
  /// @param failed whether it ended by an error rather than by either side's close
  record Closed(DataChannel channel, boolean failed, String detail) implements DataChannelEvent {}

  /// The association ended; every channel was reported closed before.
  record Disconnected(SctpCloseCause cause) implements DataChannelEvent {}
}
