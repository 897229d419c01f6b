package org.klatsch.webrtc;

/// `dataavailable`: a piece of a recording, W3C MediaStream Recording §3. All pieces in their order
/// are the file; a beginning of them plays.
public final class BlobEvent extends Event {
  private final byte[] data;
  private final double timecode;

  public BlobEvent(String type, BlobEventInit init) {
    super(type);
    this.data = init.data();
    this.timecode = init.timecode();
  }

  /// The bytes; owned by the event.
  public byte[] data() {
    return data;
  }

  /// Milliseconds from the first piece to this one.
  public double timecode() {
    return timecode;
  }
}
