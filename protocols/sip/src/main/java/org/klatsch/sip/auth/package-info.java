/// Digest authentication, both sides: RFC 3261 §22, with the algorithms of RFC 8760 (MD5 and
/// SHA-256) and the calculation of RFC 7616.
///
/// [DigestServer] asks for credentials and checks them: nonces are its own, expire, and each of
/// their counts is taken once. [DigestClient] answers challenges with a user's password.
///
/// Deviations: `auth-int` is not offered and not chosen, as no peer does; user names are not
/// hashed.
@NullMarked
package org.klatsch.sip.auth;

import org.jspecify.annotations.NullMarked;
