/// STUN messages, attributes, integrity and transactions: RFC 8489, with the attributes of RFC 8445
/// §16.1 (ICE) and RFC 5780 §7 (NAT behaviour discovery).
///
/// Glossary, after RFC 8489 §4:
///
/// - *transaction*: a request, its repetitions and its response, tied by a 96-bit identifier.
/// - *short-term credential*: a password both sides know for one session, as in ICE.
/// - *long-term credential*: a user's password at a server, which names a realm and a nonce.
///
/// Deviations are listed in docs/deviations.md.
@NullMarked
package org.klatsch.stun;

import org.jspecify.annotations.NullMarked;
