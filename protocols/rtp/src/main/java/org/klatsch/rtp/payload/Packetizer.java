package org.klatsch.rtp.payload;

/// Cuts frames into RTP payloads. One instance per stream and encoding; not thread-safe.
public interface Packetizer {
  /// Begins a frame, which is borrowed until its last payload is written; an unfinished frame is
  /// given up.
  ///
  /// @param maxPayload most bytes of one payload, descriptor included
  void start(byte[] frame, int offset, int length, int maxPayload);

  /// Whether payloads are left. The payload written when this turns false is the frame's last and,
  /// for video, carries the marker.
  boolean hasNext();

  /// Writes the next payload and returns its length, at most the `maxPayload` given.
  int next(byte[] out, int offset);
}
