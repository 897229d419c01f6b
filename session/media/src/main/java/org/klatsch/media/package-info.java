/// Media over RTP without threads, sockets or clocks: what a transport that carries audio and video
/// negotiates, the encoded frames that go in and come out, and the algorithms between.
@NullMarked
package org.klatsch.media;

import org.jspecify.annotations.NullMarked;
