/// Offers and answers: JSEP (RFC 9429) as a pure object. It turns descriptions into the parameter
/// records of `org.klatsch.peer` and back, and holds nothing else: no packets, no timers, no
/// threads.
@NullMarked
package org.klatsch.peer.jsep;

import org.jspecify.annotations.NullMarked;
