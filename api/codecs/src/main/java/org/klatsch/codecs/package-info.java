/// Codec interface, G.711, G.722, resampling, tones, voice activity and containers.
@NullMarked
package org.klatsch.codecs;

import org.jspecify.annotations.NullMarked;
