/// Work on PCM: resampling, concealment, time stretching, comfort noise (RFC 3389), mixing, tones
/// and their detection, voice activity, levels (RFC 6464). Everything works on arrays of 16-bit
/// samples, keeps its state between calls, and allocates nothing after construction. One thread at
/// a time unless said otherwise.
@NullMarked
package org.klatsch.codecs.audio;

import org.jspecify.annotations.NullMarked;
