/// Customers of one server, their keys, and what the holders of their tokens may do.
///
/// - *tenant*: a customer; its rooms, streams and messages are no other tenant's
/// - *key*: an id and a secret with which a tenant's own programs sign tokens
/// - *token*: a JSON Web Token (RFC 7519) signed with HMAC-SHA-256 (RFC 7515, RFC 7518 §3.2)
/// - *grants*: what a token, or the lack of one, allows
@NullMarked
package org.klatsch.server.tenants;

import org.jspecify.annotations.NullMarked;
