/// RTP packets and their header extensions (RFC 3550 §5, RFC 8285, RFC 6464, RFC 6465).
///
/// Views and writers work in the caller's array and allocate nothing; every value that grows has a
/// cap. 32-bit numbers of the wire (SSRC, timestamp) are plain `int`, compared with `SerialNumbers`
/// where order counts; 16-bit numbers are `int` from 0 to 65535.
///
/// - *element*: one header extension inside the extension block, RFC 8285
/// - *id*: the element's local number, mapped to a URI by the session description
/// - *ntp time*: 64 bits, seconds since 1900 in the upper and fractions in the lower half, RFC 3550
///   §4
@NullMarked
package org.klatsch.rtp;

import org.jspecify.annotations.NullMarked;
