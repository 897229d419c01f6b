/// Raw audio and video, the interface that codecs implement, and the codecs of G.711 and G.722.
///
/// Raw audio is 16-bit linear PCM, interleaved; raw video is I420. An application asks [Codecs] for
/// an encoder or decoder of a [CodecFormat]; `Codecs` asks the [CodecProvider]s that
/// `java.util.ServiceLoader` found. Codec objects belong to one track: one thread at a time.
///
/// Glossary: *frames* of audio are samples per channel; a *payload* is what one RTP packet or one
/// container packet carries; *concealment* invents audio for a payload that did not come.
@NullMarked
package org.klatsch.codecs;

import org.jspecify.annotations.NullMarked;
