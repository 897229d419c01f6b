/// Algorithms over RTP: jitter buffer, retransmission, error correction, pacing, bandwidth
/// estimation.
@NullMarked
package org.klatsch.media;

import org.jspecify.annotations.NullMarked;
