/// SDP grammar and typed attributes (RFC 8866).
@NullMarked
package org.klatsch.sdp;

import org.jspecify.annotations.NullMarked;
