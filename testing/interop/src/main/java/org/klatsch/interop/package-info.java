/// Browsers and other stacks as peers.
@NullMarked
package org.klatsch.interop;

import org.jspecify.annotations.NullMarked;
