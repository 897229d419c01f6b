/// A whole WebRTC session without threads or sockets, and JSEP (RFC 9429).
@NullMarked
package org.klatsch.peer;

import org.jspecify.annotations.NullMarked;
