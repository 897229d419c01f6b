/// The receiving half: TSN tracking and acknowledgement (RFC 9260 §6.2), reassembly (§6.9, RFC
/// 8260) and ordering (§6.6).
@NullMarked
package org.klatsch.sctp.rx;

import org.jspecify.annotations.NullMarked;
