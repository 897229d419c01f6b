/// RTP and RTCP packets, header extensions and payload formats (RFC 3550, 8285, 4585 and others).
@NullMarked
package org.klatsch.rtp;

import org.jspecify.annotations.NullMarked;
