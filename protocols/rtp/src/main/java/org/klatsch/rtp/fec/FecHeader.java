package org.klatsch.rtp.fec;

/// What the header of a repair packet tells, filled by [FecScheme#read]. Reusable; not thread-safe.
public final class FecHeader {
  final PacketMask mask = new PacketMask();
  int ssrc;
  int baseSequence;
  int length;
  int protectionLength;

  /// A header not read yet.
  public FecHeader() {}

  /// The stream protected; for ULPFEC the stream the repair packet itself belongs to.
  public int ssrc() {
    return ssrc;
  }

  /// Sequence number of distance 0.
  public int baseSequence() {
    return baseSequence;
  }

  /// The packets protected; valid until the header is read again.
  public PacketMask mask() {
    return mask;
  }

  /// Length of the header in bytes.
  public int length() {
    return length;
  }

  /// How many bytes of each packet behind its fixed header are protected.
  public int protectionLength() {
    return protectionLength;
  }
}
