package org.klatsch.gateway.transport;

import org.klatsch.sip.Flow;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessage;

/// Takes what the transports bring. Called by their threads; must not block.
public interface SipReceiver {
  /// A message came; it belongs to the receiver.
  void message(Flow flow, SipMessage message);

  /// A message could not be sent.
  void sendFailed(Outgoing message);

  /// A connection is gone.
  void flowClosed(Flow flow);
}
