package org.klatsch.media.audio;

/// What the playout side does to get its next samples.
public enum AudioOperation {
  /// Decode the frame.
  DECODE,
  /// Decode what the frame carries about the lost one before it, RFC 6716 §2.1.7, and take its last
  /// samples. The frame itself comes with the next operation.
  DECODE_FEC,
  /// Nothing came in time: let the decoder, or packet loss concealment, invent samples.
  CONCEAL,
  /// Decode the frame and shorten the samples by a pitch period or so: more is buffered than
  /// needed.
  ACCELERATE,
  /// Decode the frame and lengthen the samples by a pitch period or so: too little is buffered.
  PREEMPTIVE_EXPAND,
  /// Make noise, RFC 3389; a frame, when there is one, has new parameters of it.
  COMFORT_NOISE,
  /// Nothing to play: not begun, or ended long ago.
  SILENCE
}
