package org.klatsch.webrtc;

/// The arguments of a [BlobEvent], W3C MediaStream Recording §3.
///
/// @param data owned by the event
/// @param timecode milliseconds from the first piece to this one
public record BlobEventInit(byte[] data, double timecode) {
  public BlobEventInit(byte[] data) {
    this(data, 0);
  }
}
