/// The audio of a call: its two legs, each on the event loop of the call, and the bridge between
/// them.
///
/// A *leg* is one end: a browser (ICE, DTLS-SRTP) or a telephone (plain RTP, or SRTP with keys from
/// SDP, RFC 4568). A *bridge* relays frames from leg to leg, changing payload type and numbering;
/// where both legs have no codec in common it decodes and encodes. Descriptions are offers and
/// answers of RFC 3264.
///
/// RFC 3264, 3550, 3551, 4568, 4733, 5761, 7587.
@NullMarked
package org.klatsch.gateway.media;

import org.jspecify.annotations.NullMarked;
