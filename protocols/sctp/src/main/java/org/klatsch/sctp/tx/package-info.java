/// The sending half: queues and schedulers (RFC 8260 §3), retransmission (RFC 9260 §6.3, RFC 8985),
/// congestion control (§7, RFC 9438), path MTU (RFC 8899).
@NullMarked
package org.klatsch.sctp.tx;

import org.jspecify.annotations.NullMarked;
