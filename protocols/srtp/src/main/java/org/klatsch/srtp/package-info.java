/// SRTP and SRTCP: RFC 3711 with AES-256 (RFC 6188), AES-GCM (RFC 7714) and encrypted header
/// extensions (Cryptex, RFC 9335).
///
/// [org.klatsch.srtp.SrtpContext] is one direction of a session: it protects or unprotects the
/// packets of any number of SSRCs in place, under one master key.
///
/// Glossary: *index*, the 48-bit number of an SRTP packet, made of the rollover counter (ROC) and
/// the sequence number; for SRTCP a 31-bit number that travels in the packet. *Suite*, the cipher
/// with its key lengths and tag lengths; a *crypto suite* in SDES, a *protection profile* in
/// DTLS-SRTP.
///
/// Not done: master key identifiers (MKI, RFC 3711 §3.1) and key derivation rates other than zero,
/// as WebRTC negotiates neither (RFC 5763 §5, RFC 5764 §4.1.2).
@NullMarked
package org.klatsch.srtp;

import org.jspecify.annotations.NullMarked;
