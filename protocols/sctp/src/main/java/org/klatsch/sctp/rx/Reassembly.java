package org.klatsch.sctp.rx;

import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ForwardTsnChunk;

/// Puts fragments together and delivers messages, RFC 9260 §6.9 or RFC 8260 §2.2.3.
///
/// Methods return by how much the bytes held here and delivered change the receive window's use:
/// what is kept or delivered counts with [DataReceiver#MESSAGE_OVERHEAD] per message, what is
/// dropped is given back.
sealed interface Reassembly permits TsnReassembly, InterleavedReassembly {
  /// Takes a chunk that was not received before.
  ///
  /// @param inOrder whether its TSN follows the cumulative TSN
  long add(DataChunk chunk, boolean inOrder);

  /// The cumulative TSN moved to `tsn`, which was received earlier.
  long advanceOver(int tsn);

  /// The sender gave up everything up to a TSN.
  long forward(ForwardTsnChunk chunk, int oldCumulative);

  /// The streams begin anew, all when the array is empty.
  long reset(int[] streamIds);

  /// Whether fragments wait for others.
  boolean isAssembling();

  /// Whether a message was longer than allowed.
  boolean isOversized();
}
