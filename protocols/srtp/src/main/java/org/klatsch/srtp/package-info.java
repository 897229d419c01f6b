/// SRTP and SRTCP transforms, key derivation and replay protection (RFC 3711, 6188, 7714, 9335).
@NullMarked
package org.klatsch.srtp;

import org.jspecify.annotations.NullMarked;
