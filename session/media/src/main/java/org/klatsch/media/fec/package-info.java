/// Forward error correction: which packets are protected and how much, and putting lost ones
/// together again; the formats are rtp's (RFC 5109, RFC 8627, RFC 2198).
///
/// - *media packet*: one that is protected
/// - *repair packet*: the parity of several media packets
/// - *depth*: how many earlier frames a RED packet of audio repeats
///
/// Everything here belongs to one stream, is fed with packets by its transport and asks it for room
/// to write into. Tables have fixed sizes.
@NullMarked
package org.klatsch.media.fec;

import org.jspecify.annotations.NullMarked;
