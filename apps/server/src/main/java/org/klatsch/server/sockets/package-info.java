/// How other programs of this process serve a WebSocket subprotocol at the server's port, as the
/// gateway does with `sip` (RFC 7118).
@NullMarked
package org.klatsch.server.sockets;

import org.jspecify.annotations.NullMarked;
