package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.payload.Vp8Descriptor;
import org.klatsch.rtp.payload.Vp9Descriptor;

/// The packets of one stream that came last, kept once however many get them: what waits for a
/// pacer and what may have to be repeated, RFC 4588 §6. Its arrays are used again and again.
public final class PacketStore {
  private final Vp8Descriptor vp8 = new Vp8Descriptor();
  private final Vp9Descriptor vp9 = new Vp9Descriptor();
  private final @Nullable StoredPacket[] packets;
  private long next;

  /// @param capacity packets kept, a power of two
  public PacketStore(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity " + capacity + ", expected a power of two");
    }
    packets = new @Nullable StoredPacket[capacity];
  }

  /// Keeps a copy of a packet, in the place of the oldest.
  ///
  /// @param ids of the header extensions of its section
  /// @param keyFrame whether a key frame begins with it
  /// @throws MalformedRtpException for a payload that breaks its format; it is not kept
  public StoredPacket add(RtpPacket packet, RtpCodec codec, ExtensionIds ids, boolean keyFrame)
      throws MalformedRtpException {
    int at = (int) next & packets.length - 1;
    StoredPacket place = packets[at];
    if (place == null) {
      place = new StoredPacket(vp8, vp9);
      packets[at] = place;
    }
    place.set(next, packet, codec, ids, keyFrame);
    next++;
    return place;
  }
}
