/// SCTP association and WebRTC data channels (RFC 9260, 8831, 8832).
@NullMarked
package org.klatsch.sctp;

import org.jspecify.annotations.NullMarked;
