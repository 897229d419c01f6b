/// Work on pictures between source and encoder: scaling and turning.
@NullMarked
package org.klatsch.codecs.video;

import org.jspecify.annotations.NullMarked;
