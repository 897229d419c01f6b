package org.klatsch.media.audio;

/// What a frame in the jitter buffer is.
public enum FrameKind {
  /// Audio.
  AUDIO,
  /// Audio that may carry a coarse copy of the frame before it, RFC 6716 §2.1.7.
  AUDIO_WITH_FEC,
  /// Parameters of comfort noise, RFC 3389: noise from here to the next frame of audio.
  COMFORT_NOISE
}
