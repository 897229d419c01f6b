/// Big-endian access to byte arrays, shared by this module's packages and not exported.
@NullMarked
package org.klatsch.rtp.wire;

import org.jspecify.annotations.NullMarked;
