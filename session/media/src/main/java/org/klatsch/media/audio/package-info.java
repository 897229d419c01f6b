/// The playout of received audio: an adaptive jitter buffer that decides, pull by pull, what the
/// decoder is to do. Samples themselves are never touched here.
///
/// Glossary: *transit* is arrival time minus media time; the *base* is the fastest transit seen
/// lately; *delay* is by how much a packet's transit, or the playout, is behind the base.
@NullMarked
package org.klatsch.media.audio;

import org.jspecify.annotations.NullMarked;
