/// The TURN and STUN server (RFC 8656, RFC 8489) on real sockets: `protocols/turn`'s core on an
/// event loop.
@NullMarked
package org.klatsch.server.turn;

import org.jspecify.annotations.NullMarked;
