/// Opus in pure Java.
@NullMarked
package org.klatsch.codecs.opus;

import org.jspecify.annotations.NullMarked;
