/// Recordings straight from encoded frames, W3C MediaStream Recording beneath its API: puts the
/// clocks of streams together and frames into files of [org.klatsch.codecs.container.FileFormat],
/// without transcoding.
@NullMarked
package org.klatsch.codecs.recorder;

import org.jspecify.annotations.NullMarked;
