package org.klatsch.media.fec;

import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.MutableExtensions;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.fec.PacketMask;
import org.klatsch.rtp.fec.Parity;

/// Makes repair packets for one stream, RFC 5109 §8, RFC 8627 §6.2. Frames are protected one by
/// one, or a few together when protection is so low that one alone deserves no repair packet. Each
/// repair packet protects every n-th packet of its group, so that a burst of n losses can be
/// repaired. Not thread-safe.
public final class FecSender {
  private final FecScheme scheme;
  private final int mediaSsrc;
  private final ExtensionIds ids;
  private final FecOptions options;
  private final byte[][] packets;
  private final int[] lengths;
  private final int[] sequences;
  private final Parity parity;
  private final PacketMask mask = new PacketMask();
  private final RtpPacket view = new RtpPacket();
  private double rate;
  private double keyFrameRate;
  private int count;
  private int frames;
  private boolean keyFrame;
  private boolean closed;
  private int repairs;
  private int written;

  /// @param mediaSsrc the stream protected
  /// @param ids ids of its header extensions
  public FecSender(FecScheme scheme, int mediaSsrc, ExtensionIds ids, FecOptions options) {
    this.scheme = scheme;
    this.mediaSsrc = mediaSsrc;
    this.ids = ids;
    this.options = options;
    this.packets = new byte[options.groupPackets()][];
    this.lengths = new int[packets.length];
    this.sequences = new int[packets.length];
    this.parity = new Parity(options.maxPacket());
  }

  /// Sets how many repair packets are made per media packet, 0 to 1; see [FecProtection].
  public void rates(double rate, double keyFrameRate) {
    if (!(rate >= 0 && rate <= 1 && keyFrameRate >= 0 && keyFrameRate <= 1)) {
      throw new IllegalArgumentException(
          "rates " + rate + " and " + keyFrameRate + ", 0 to 1 expected");
    }
    this.rate = rate;
    this.keyFrameRate = keyFrameRate;
  }

  /// Takes a media packet that is sent, in clear and without RED. Repair packets that were not
  /// taken before are given up.
  ///
  /// @param ofKeyFrame whether it belongs to a key frame
  public void add(RtpPacket packet, boolean ofKeyFrame) {
    boolean unprotected = rate == 0 && keyFrameRate == 0 || packet.length() > options.maxPacket();
    if (closed || unprotected || beyondMask(packet)) {
      clear();
    }
    if (unprotected) {
      return;
    }
    byte[] slot = packets[count];
    if (slot == null) {
      slot = new byte[options.maxPacket()];
      packets[count] = slot;
    }
    System.arraycopy(packet.array(), packet.offset(), slot, 0, packet.length());
    try {
      MutableExtensions.zero(view.parse(slot, 0, packet.length()), ids);
    } catch (MalformedRtpException e) {
      throw new IllegalArgumentException("a packet of our own expected: " + e.getMessage(), e);
    }
    lengths[count] = packet.length();
    sequences[count] = packet.sequenceNumber();
    count++;
    keyFrame |= ofKeyFrame;
    if (packet.marker()) {
      frames++;
    }
    if (packet.marker() || count == packets.length) {
      closeIfDue();
    }
  }

  /// Whether a mask that begins with the group's first packet cannot tell this one.
  private boolean beyondMask(RtpPacket packet) {
    return count > 0 && (packet.sequenceNumber() - sequences[0] & 0xffff) >= scheme.maskCapacity();
  }

  private void closeIfDue() {
    double wanted = count * (keyFrame ? Math.max(rate, keyFrameRate) : rate);
    boolean full = count == packets.length || frames >= options.groupFrames();
    if (wanted < 0.5 && !full) {
      return;
    }
    repairs = wanted == 0 ? 0 : (int) Math.min(count, Math.max(1, Math.round(wanted)));
    written = 0;
    closed = true;
  }

  private void clear() {
    count = 0;
    frames = 0;
    repairs = 0;
    written = 0;
    keyFrame = false;
    closed = false;
  }

  /// Repair packets that wait to be taken.
  public int pending() {
    return closed ? repairs - written : 0;
  }

  /// Writes the payload of the next repair packet and returns its length; 0 when there is none. It
  /// is to be sent behind the media packet last added, with a sequence number of its own stream
  /// (FlexFEC) or of the media's (ULPFEC, in RED).
  public int pollRepair(byte[] out, int offset, int capacity) {
    if (pending() == 0) {
      return 0;
    }
    int first = written;
    mask.clear();
    parity.clear();
    for (int i = first; i < count; i += repairs) {
      mask.set(sequences[i] - sequences[first] & 0xffff);
      parity.add(packets[i], 0, lengths[i]);
    }
    int length = scheme.headerLength(mask.highest()) + parity.bodyLength();
    written++;
    if (length > capacity) {
      return 0;
    }
    return scheme.write(parity, mediaSsrc, sequences[first], mask, out, offset);
  }
}
