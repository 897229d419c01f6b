/// The secret part of a transfer's code and the proof that both ends know it.
///
/// CPace (draft-irtf-cfrg-cpace) over X25519 (RFC 7748) with SHA-512; how its result is bound to
/// the DTLS certificates is in `docs/transfer-protocol.md` §4, what it protects from in
/// `docs/security.md`.
///
/// Glossary: *PRS* password-related string, here the secret; *CI* channel identifier, here id and
/// fingerprints; *sid* session id, here both nonces; *ISK* intermediate session key, the result.
///
/// Deviation: mapping the secret to a curve point uses [java.math.BigInteger], whose running time
/// depends on its numbers. It runs once per connection on the user's own machine; see
/// `docs/deviations.md`.
@NullMarked
package org.klatsch.rooms.secret;

import org.jspecify.annotations.NullMarked;
