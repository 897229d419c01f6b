/// Wire formats of SCTP, one file per chunk: RFC 9260 §3, 3758, 6525, 8260, 4820, 9653.
@NullMarked
package org.klatsch.sctp.packet;

import org.jspecify.annotations.NullMarked;
