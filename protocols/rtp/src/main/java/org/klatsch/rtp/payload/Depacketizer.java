package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// Puts frames together from RTP payloads. One instance per stream; not thread-safe.
///
/// The caller finds out which packets make a frame (same timestamp, first packet by [#startsFrame],
/// last by the marker, no gap between them) and then gives their payloads in order of sequence
/// number, [#reset] before each frame.
public interface Depacketizer {
  /// Stands beside the number in [#picture] when that has 15 bits rather than 7.
  int LONG_PICTURE = 0x8000;

  /// Whether a frame can begin with this payload; false also for malformed ones. Some formats
  /// cannot tell for sure: then the first packet behind the frame before is meant. Changes nothing.
  boolean startsFrame(byte[] payload, int offset, int length);

  /// Whether this payload shows that its frame can be decoded without an earlier one; false also
  /// for malformed ones. Changes nothing.
  boolean startsKeyFrame(byte[] payload, int offset, int length);

  /// Whether [#startsFrame] is certain rather than a guess.
  default boolean tellsStart() {
    return true;
  }

  /// The number of the picture that this payload belongs to, with [#LONG_PICTURE] where it applies;
  /// −1 where the payload has none. Changes nothing.
  default int picture(byte[] payload, int offset, int length) {
    return -1;
  }

  /// Adds the next payload of the frame. After an exception the frame is of no use: [#reset].
  void append(byte[] payload, int offset, int length) throws MalformedRtpException;

  /// Whether the frame put together so far can be decoded without an earlier one.
  boolean keyFrame();

  /// Whether what was added makes a whole frame as far as the payloads tell; false when the last
  /// payload must be followed by another.
  boolean complete();

  /// The frame put together so far, valid up to [#frameLength()] and until the next call of
  /// [#append] or [#reset].
  byte[] frame();

  /// Length of the frame so far.
  int frameLength();

  /// Forgets the frame.
  void reset();
}
