/// TURN, RFC 8656: a client's allocation on a relay server, and what client and server share.
///
/// Glossary, after RFC 8656 §2:
///
/// - *allocation*: relayed transport addresses that a server holds for a client.
/// - *relayed transport address*: what peers send to, a port of the server.
/// - *permission*: a peer's IP address from and to which the server relays.
/// - *channel*: a number that stands for a peer in packets, so that they need four bytes more
///   instead of 36.
@NullMarked
package org.klatsch.turn;

import org.jspecify.annotations.NullMarked;
