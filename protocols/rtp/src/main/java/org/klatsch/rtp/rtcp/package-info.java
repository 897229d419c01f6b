/// RTCP packets (RFC 3550 §6, RFC 4585, RFC 5104, RFC 5506, RFC 3611, RFC 8888).
///
/// A compound packet is read into a list of records and written from one; a list of one feedback
/// packet is a reduced-size packet, RFC 5506. Lists are bounded by the packet they come from.
@NullMarked
package org.klatsch.rtp.rtcp;

import org.jspecify.annotations.NullMarked;
