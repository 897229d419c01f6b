package org.klatsch.sctp;

import java.util.List;

/// What an [SctpAssociation] reports to the layer above, in order.
public sealed interface SctpEvent {
  /// The association is established, RFC 9260 §5.1.
  ///
  /// @param outgoingStreams how many streams may be sent on
  /// @param incomingStreams how many streams the peer may send on
  record Connected(int outgoingStreams, int incomingStreams) implements SctpEvent {}

  /// The peer restarted the association, RFC 9260 §5.2.4.1: queued data is gone and all stream
  /// sequence numbers began anew.
  record Restarted(int outgoingStreams, int incomingStreams) implements SctpEvent {}

  /// A whole message. It holds the receive window until [SctpAssociation#consumed] is called with
  /// [#windowBytes()].
  ///
  /// @param data handed over: belongs to the receiver of the event
  record Message(int streamId, int ppid, boolean unordered, byte[] data) implements SctpEvent {
    /// What the message holds of the receive window.
    public int windowBytes() {
      return data.length + SctpAssociation.MESSAGE_OVERHEAD;
    }
  }

  /// The peer reset its outgoing streams, RFC 6525 §5.2.2; their next message has sequence number
  /// 0.
  ///
  /// @param streamIds the streams; empty means all
  record IncomingStreamsReset(List<Integer> streamIds) implements SctpEvent {}

  /// Our request to reset outgoing streams was performed, or refused, by the peer.
  record OutgoingStreamsReset(List<Integer> streamIds, boolean performed) implements SctpEvent {}

  /// The number of streams changed, RFC 6525 §5.2.5 and §5.2.6.
  record StreamsAdded(int outgoingStreams, int incomingStreams) implements SctpEvent {}

  /// The bytes queued on a stream fell to its threshold or below.
  record BufferedAmountLow(int streamId) implements SctpEvent {}

  /// The association ended; nothing follows.
  record Closed(SctpCloseCause cause) implements SctpEvent {}
}
