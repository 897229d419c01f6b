package org.klatsch.webrtc;

import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedFrame;

/// Takes the media of a track, in order, on the thread of its source: it must not block.
interface TrackConsumer {
  /// 48 kHz loses nothing of any codec.
  int FULL_RATE = 48_000;

  /// The highest sampling rate that is of use: a source that can give less at less cost does.
  default int sampleRate() {
    return FULL_RATE;
  }

  /// Whether it takes encoded frames rather than samples and pictures.
  default boolean takesEncoded() {
    return false;
  }

  default void audio(AudioFrame frame) {}

  default void video(VideoFrame frame) {}

  default void encoded(EncodedFrame frame) {}

  /// The track has ended: nothing more comes.
  default void ended() {}
}
