package org.klatsch.rooms.transfer;

/// What the transfer protocol needs of a data channel. All methods may be called from any thread
/// and never block. Incoming messages are handed to the [TransferPeer] by whoever owns the channel.
public interface MessageChannel {
  /// Queues a text message.
  ///
  /// @throws IllegalStateException if the channel is not open any more
  void send(String text);

  /// Queues a binary message; the bytes are copied or sent before this returns.
  ///
  /// @throws IllegalStateException if the channel is not open any more
  void send(byte[] data, int off, int length);

  /// Bytes queued and not yet handed to the network.
  long bufferedAmount();

  /// When [#bufferedAmount()] falls to this many bytes, [TransferPeer#handleBufferedAmountLow()] is
  /// called.
  void bufferedAmountLowThreshold(long bytes);

  /// Largest message the other end takes, in bytes.
  long maxMessageSize();
}
