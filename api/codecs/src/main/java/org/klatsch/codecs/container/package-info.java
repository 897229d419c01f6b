/// Files: WAV, Ogg Opus (RFC 7845), WebM (RFC 9559 over RFC 8794), YUV4MPEG2 and fragmented MP4.
/// What is written goes to the system at once or within a second, and what a reader needs stands
/// before it: after a kill a file plays up to its last second. Readers stop at what a kill left
/// unfinished, and answer damage with [MalformedMediaException].
///
/// Writers and readers belong to one thread at a time.
@NullMarked
package org.klatsch.codecs.container;

import org.jspecify.annotations.NullMarked;
