package org.klatsch.sip.transaction;

import org.klatsch.sip.Flow;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;

/// What transactions tell their user.
public sealed interface TransactionEvent {
  /// A request has come that wants a response. Never an ACK; a CANCEL is answered below and becomes
  /// [Cancelled].
  record RequestArrived(ServerTransaction transaction) implements TransactionEvent {}

  /// An ACK that belongs to a 2xx response, RFC 3261 §13.3.1.4.
  record AckArrived(Flow flow, SipRequest ack) implements TransactionEvent {}

  /// The caller has given up an INVITE that has no final response yet, RFC 3261 §9.2.
  record Cancelled(ServerTransaction invite, SipRequest cancel) implements TransactionEvent {}

  /// A response has come; retransmissions are not told, save those of 2xx to INVITE (RFC 6026
  /// §7.2).
  record ResponseArrived(ClientTransaction transaction, SipResponse response)
      implements TransactionEvent {}

  /// No final response has come in time: timers B and F. To be treated as a 408 (RFC 3261
  /// §8.1.3.1).
  record TimedOut(ClientTransaction transaction) implements TransactionEvent {}

  /// The request could not be sent. To be treated as a 503 (RFC 3261 §8.1.3.1).
  record SendFailed(ClientTransaction transaction) implements TransactionEvent {}

  /// A final response to INVITE other than 2xx was never acknowledged: timer H.
  record AckMissed(ServerTransaction transaction) implements TransactionEvent {}
}
