package org.klatsch.dtls;

import org.klatsch.sansio.Work;

/// What a [DtlsConnection] tells the layer above.
public sealed interface DtlsEvent {
  /// Keys are agreed on and the peer is who its fingerprint says. Application data flows from now
  /// on; what arrived before is waiting in [DtlsConnection#deliverEarlyData].
  record HandshakeCompleted(NegotiatedParameters parameters) implements DtlsEvent {}

  /// A computation to run on any thread, then to be given back by [DtlsConnection#handleWorkDone].
  /// At most one is outstanding.
  record WorkRequested(Work work) implements DtlsEvent {}

  /// The peer sent an alert. One that ends the connection is followed by [Closed].
  record AlertReceived(boolean fatal, AlertDescription alert) implements DtlsEvent {}

  /// The connection is over; the last event. An alert may still have to be polled for transmission.
  record Closed(CloseCause cause) implements DtlsEvent {}
}
