/// A WebRTC endpoint inside the server: connections whose packets stay on the event loops, without
/// decoding, all on one UDP port (RFC 7983) and, over TCP, on the port of the web page.
///
/// A *leg* is one such connection. A *published track* is what one leg sends to the server, a
/// *subscription* another leg's share of it.
@NullMarked
package org.klatsch.server.media;

import org.jspecify.annotations.NullMarked;
