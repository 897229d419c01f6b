/// The sockets of SIP: datagrams, connections of TCP and TLS, WebSockets of the server. A *flow* is
/// where a message came from and answers go (RFC 5626 §3.1); names become flows here (RFC 3263).
///
/// RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §3.5.1, RFC 5922 §4, RFC 7118.
///
/// Deviations: a request over UDP that is longer than 1,300 bytes is not moved to TCP, as many PBXs
/// take UDP only and fragments arrive; the order of records is remembered for 30 s.
@NullMarked
package org.klatsch.gateway.transport;

import org.jspecify.annotations.NullMarked;
