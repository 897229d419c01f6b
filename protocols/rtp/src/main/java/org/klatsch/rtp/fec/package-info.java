/// Parity of RTP packets: the formats and the arithmetic, not the decisions (RFC 5109, RFC 8627,
/// draft-ietf-payload-flexible-fec-scheme-03 as deployed).
///
/// - *repair packet*: carries the exclusive or of the packets it protects
/// - *mask*: which packets those are, as distances from a base sequence number
///
/// Deviations: a repair packet of more than one stream, with a fixed matrix or with a
/// retransmission is not read (RFC 8627 §4.2.2), nor a second protection level (RFC 5109 §7.4); no
/// one sends them.
@NullMarked
package org.klatsch.rtp.fec;

import org.jspecify.annotations.NullMarked;
