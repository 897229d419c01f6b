/// SIP messages, RFC 3261 §7, §19, §20, §25: values that read and write what is on the wire.
///
/// [SipMessageReader] reads (tolerantly, within [SipLimits]), [SipStreamReader] cuts streams,
/// [SipMessage#toBytes()] writes strictly. Headers with a type ([SipHeader]) are read when a
/// message comes in; a request whose headers are malformed is refused with what
/// [MalformedSipException#request()] still knows of it.
///
/// Glossary: a *branch* names a transaction, the *tags* of From and To with the Call-ID a dialog; a
/// *flow* is a connection or a pair of addresses (RFC 5626 §3.1).
///
/// Deviations: requests with white space at the end of the request line are refused, line ends may
/// be LF alone, and empty parameters are skipped.
@NullMarked
package org.klatsch.sip;

import org.jspecify.annotations.NullMarked;
