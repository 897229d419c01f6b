/// WebRTC data channels: RFC 8831 (channels over SCTP) and RFC 8832 (the protocol that opens them,
/// DCEP).
///
/// Glossary: *channel* — a pair of SCTP streams with the same id; *negotiated* — both sides open
/// the channel themselves with an id agreed elsewhere; *PPID* — payload protocol identifier, which
/// tells text from binary.
@NullMarked
package org.klatsch.sctp.dcep;

import org.jspecify.annotations.NullMarked;
