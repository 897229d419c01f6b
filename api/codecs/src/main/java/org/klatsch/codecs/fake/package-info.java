/// Sources for machines without microphone or camera, and for tests: a tone with a beep, and moving
/// pictures that carry a counter which survives coding. At every full second the beep begins and
/// the pictures flash, so that a recording shows how far apart sound and picture are.
@NullMarked
package org.klatsch.codecs.fake;

import org.jspecify.annotations.NullMarked;
