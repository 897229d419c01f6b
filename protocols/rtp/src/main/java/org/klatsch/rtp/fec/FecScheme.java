package org.klatsch.rtp.fec;

import org.klatsch.rtp.MalformedRtpException;

/// A format of repair packets.
public sealed interface FecScheme permits UlpFec, FlexFec03, FlexFec {
  /// RFC 5109.
  FecScheme ULPFEC = new UlpFec();

  /// draft-ietf-payload-flexible-fec-scheme-03, which browsers call flexfec-03.
  FecScheme FLEXFEC_03 = new FlexFec03();

  /// RFC 8627.
  FecScheme FLEXFEC = new FlexFec();

  /// Distances a mask of this format can tell: 0 to below this.
  int maskCapacity();

  /// Length of the header for a mask whose greatest distance is `highest`.
  int headerLength(int highest);

  /// Reads the header at the beginning of a repair packet's payload.
  ///
  /// @param ssrc the stream protected, for formats whose header does not tell: the stream of the
  ///   packet itself for ULPFEC, its first contributing source for RFC 8627
  void read(byte[] payload, int offset, int length, int ssrc, FecHeader header)
      throws MalformedRtpException;

  /// Adds a repair packet, whose `header` was read, to `parity`; false when it is too long for it.
  boolean addTo(Parity parity, byte[] payload, int offset, FecHeader header);

  /// Writes a repair packet's payload and returns its length: [#headerLength] and the parity's
  /// body.
  int write(Parity parity, int ssrc, int baseSequence, PacketMask mask, byte[] out, int offset);
}
