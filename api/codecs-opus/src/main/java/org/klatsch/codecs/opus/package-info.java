/// Opus (RFC 6716) as its RTP payload format uses it (RFC 7587), coded by concentus, a translation
/// of libopus to Java, or by libopus itself. Found by `java.util.ServiceLoader`; nothing here is
/// called directly.
@NullMarked
package org.klatsch.codecs.opus;

import org.jspecify.annotations.NullMarked;
