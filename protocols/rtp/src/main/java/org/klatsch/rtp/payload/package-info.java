/// RTP payload formats: how frames become payloads and payloads frames again.
///
/// A *frame* is what a codec makes or takes in one go: an access unit, a temporal unit, an audio
/// packet. A [org.klatsch.rtp.payload.Packetizer] cuts a borrowed frame into payloads; a
/// [org.klatsch.rtp.payload.Depacketizer] takes the payloads of one frame in order of sequence
/// number and without gaps and puts the frame together.
@NullMarked
package org.klatsch.rtp.payload;

import org.jspecify.annotations.NullMarked;
