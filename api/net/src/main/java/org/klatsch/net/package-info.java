/// Event loops, sockets and addresses beneath sessions. Start with [org.klatsch.net.NetworkDriver].
///
/// Glossary: a *core* is a protocol without threads or sockets ([org.klatsch.sansio.PacketCore]); a
/// *driver* is its seat on a loop; a *turn* is one round of a loop; a *pair* is a local and a
/// remote transport address, with UDP implied what others call a 5-tuple; a *port* is a socket
/// bound to one local address, never a wildcard.
@NullMarked
package org.klatsch.net;

import org.jspecify.annotations.NullMarked;
