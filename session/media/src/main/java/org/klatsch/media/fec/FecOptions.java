package org.klatsch.media.fec;

/// Sizes of the tables of forward error correction. Start from [#DEFAULT].
///
/// @param maxPacket longest packet. Default 1,500: what paths carry
/// @param receivedPackets media packets kept by a receiver. Default 128: more than the 110 that a
///   repair packet can span, and 100 ms of a stream of 12 Mbit/s
/// @param receivedRepairs repair packets kept by a receiver until they serve or grow old. Default
///   48: as many as a frame of 48 packets can have
/// @param groupPackets media packets protected together. Default 48: the span of ULPFEC's mask
/// @param groupFrames frames protected together when protection is low. Default 3: recovery later
///   than 100 ms at 30 frames a second comes after the retransmission
public record FecOptions(
    int maxPacket, int receivedPackets, int receivedRepairs, int groupPackets, int groupFrames) {
  public static final FecOptions DEFAULT = new FecOptions(1500, 128, 48, 48, 3);

  public FecOptions {
    if (maxPacket < 100
        || receivedPackets < 2
        || receivedRepairs < 1
        || groupPackets < 1
        || groupPackets > 48
        || groupFrames < 1) {
      throw new IllegalArgumentException(
          "maxPacket "
              + maxPacket
              + " (at least 100), receivedPackets "
              + receivedPackets
              + " (2), receivedRepairs "
              + receivedRepairs
              + " (1), groupPackets "
              + groupPackets
              + " (1 to 48), groupFrames "
              + groupFrames
              + " (1) expected");
    }
  }
}
