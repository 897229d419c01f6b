/// Event loops, sockets and segmentation offload beneath sessions.
@NullMarked
package org.klatsch.net;

import org.jspecify.annotations.NullMarked;
