/// The sockets of SIP: datagrams, connections, WebSockets of the server. A *flow* is where a
/// message came from and answers go (RFC 5626 §3.1); names become flows here (RFC 3263).
///
/// RFC 3261 §18, RFC 3581, RFC 7118.
@NullMarked
package org.klatsch.gateway.transport;

import org.jspecify.annotations.NullMarked;
