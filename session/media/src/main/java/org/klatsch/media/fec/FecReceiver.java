package org.klatsch.media.fec;

import java.util.Arrays;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.MutableExtensions;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.fec.FecHeader;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.fec.PacketMask;
import org.klatsch.rtp.fec.Parity;
import org.klatsch.sansio.SerialNumbers;

/// Puts lost media packets of one stream together from repair packets, RFC 5109 §9, RFC 8627 §6.3.
/// Not thread-safe.
///
/// Extensions that are written at the last moment are zero in what comes out ([MutableExtensions]):
/// recovered packets are for the media only, not for feedback about the network.
public final class FecReceiver {
  /// A repair packet that waits for media packets.
  private static final class Repair {
    final FecHeader header = new FecHeader();
    final byte[] payload;
    boolean used;

    Repair(int maxPacket) {
      payload = new byte[maxPacket];
    }
  }

  private static final int NONE = -1;

  private final FecScheme scheme;
  private final int mediaSsrc;
  private final ExtensionIds ids;
  private final FecOptions options;
  private final byte[][] packets;
  private final int[] lengths;
  private final int[] sequences;
  private final Repair[] repairs;
  private int nextRepair;
  private final Parity parity;
  private final RtpPacket view = new RtpPacket();

  /// Sequence numbers of packets put together and not taken yet, a ring.
  private final int[] recovered;

  private int recoveredFirst;
  private int recoveredCount;
  private boolean any;
  private int newest;
  private long repairsReceived;
  private long packetsRecovered;
  private long repairsDiscarded;

  /// @param mediaSsrc the stream protected
  /// @param ids ids of its header extensions
  public FecReceiver(FecScheme scheme, int mediaSsrc, ExtensionIds ids, FecOptions options) {
    this.scheme = scheme;
    this.mediaSsrc = mediaSsrc;
    this.ids = ids;
    this.options = options;
    this.packets = new byte[options.receivedPackets()][];
    this.lengths = new int[packets.length];
    this.sequences = new int[packets.length];
    Arrays.fill(sequences, NONE);
    this.repairs = new Repair[options.receivedRepairs()];
    this.parity = new Parity(options.maxPacket());
    this.recovered = new int[packets.length];
  }

  /// Takes a media packet that arrived, in clear and without RED; a copy is kept.
  public void handleMedia(RtpPacket packet) {
    int sequence = packet.sequenceNumber();
    if (packet.length() > options.maxPacket() || !keep(sequence)) {
      return;
    }
    byte[] slot = slot(sequence);
    System.arraycopy(packet.array(), packet.offset(), slot, 0, packet.length());
    if (store(sequence, packet.length())) {
      combine(sequence);
    }
  }

  /// Takes the payload of a repair packet; a copy is kept while it is of use.
  ///
  /// @param ssrc the stream it protects, for formats that do not tell themselves, see
  ///   [FecScheme#read]
  public void handleRepair(byte[] payload, int offset, int length, int ssrc)
      throws MalformedRtpException {
    repairsReceived++;
    if (length > options.maxPacket()) {
      repairsDiscarded++;
      return;
    }
    Repair repair = repairs[nextRepair];
    if (repair == null) {
      repair = new Repair(options.maxPacket());
      repairs[nextRepair] = repair;
    }
    if (repair.used) {
      repairsDiscarded++;
      repair.used = false;
    }
    System.arraycopy(payload, offset, repair.payload, 0, length);
    scheme.read(repair.payload, 0, length, ssrc, repair.header);
    if (repair.header.ssrc() != mediaSsrc || isOld(repair)) {
      repairsDiscarded++;
      return;
    }
    repair.used = true;
    nextRepair = (nextRepair + 1) % repairs.length;
    int sequence = tryRepair(repair);
    if (sequence != NONE) {
      combine(sequence);
    }
  }

  /// Writes the next packet that was put together and returns its length; 0 when there is none.
  public int pollRecovered(byte[] out, int offset, int capacity) {
    while (recoveredCount > 0) {
      int sequence = recovered[recoveredFirst];
      recoveredFirst = (recoveredFirst + 1) % recovered.length;
      recoveredCount--;
      int index = index(sequence);
      if (sequences[index] == sequence && lengths[index] <= capacity) {
        System.arraycopy(packets[index], 0, out, offset, lengths[index]);
        return lengths[index];
      }
    }
    return 0;
  }

  /// Repair packets that arrived.
  public long repairsReceived() {
    return repairsReceived;
  }

  /// Media packets put together.
  public long packetsRecovered() {
    return packetsRecovered;
  }

  /// Repair packets that served nothing: old, of another stream, crowded out or not fitting.
  public long repairsDiscarded() {
    return repairsDiscarded;
  }

  private int index(int sequence) {
    return sequence % packets.length;
  }

  private boolean has(int sequence) {
    return sequences[index(sequence)] == sequence;
  }

  /// Whether a packet is new and not older than all that is kept.
  private boolean keep(int sequence) {
    return !has(sequence)
        && (!any
            || SerialNumbers.isLess16(newest, sequence)
            || (newest - sequence & 0xffff) < packets.length);
  }

  private byte[] slot(int sequence) {
    int index = index(sequence);
    sequences[index] = NONE;
    byte[] slot = packets[index];
    if (slot == null) {
      slot = new byte[options.maxPacket()];
      packets[index] = slot;
    }
    return slot;
  }

  /// Makes the bytes in a slot a packet; false when they are none.
  private boolean store(int sequence, int length) {
    int index = index(sequence);
    try {
      MutableExtensions.zero(view.parse(packets[index], 0, length), ids);
    } catch (MalformedRtpException e) {
      return false;
    }
    lengths[index] = length;
    sequences[index] = sequence;
    if (!any || SerialNumbers.isLess16(newest, sequence)) {
      newest = sequence;
      any = true;
      dropOldRepairs();
    }
    return true;
  }

  private boolean isOld(Repair repair) {
    int last = repair.header.baseSequence() + repair.header.mask().highest() & 0xffff;
    return any
        && !SerialNumbers.isLess16(newest, last)
        && (newest - repair.header.baseSequence() & 0xffff) >= packets.length;
  }

  private void dropOldRepairs() {
    for (Repair repair : repairs) {
      if (repair != null && repair.used && isOld(repair)) {
        repair.used = false;
        repairsDiscarded++;
      }
    }
  }

  /// Looks what a new packet makes possible, and what that makes possible in turn. Each round uses
  /// up a repair packet, so it ends.
  private void combine(int sequence) {
    boolean progress = true;
    int added = sequence;
    while (progress) {
      progress = false;
      for (Repair repair : repairs) {
        if (repair != null && repair.used && (added == NONE || protects(repair, added))) {
          progress |= tryRepair(repair) != NONE;
        }
      }
      // From the second round on any repair packet may have become of use.
      added = NONE;
    }
  }

  private static boolean protects(Repair repair, int sequence) {
    return repair.header.mask().get(sequence - repair.header.baseSequence() & 0xffff);
  }

  /// Puts the one missing packet together, if one is missing, and returns its sequence number.
  private int tryRepair(Repair repair) {
    PacketMask mask = repair.header.mask();
    int base = repair.header.baseSequence();
    int missing = NONE;
    for (int i = mask.next(0); i >= 0; i = mask.next(i + 1)) {
      if (!has(base + i & 0xffff)) {
        if (missing != NONE) {
          return NONE;
        }
        missing = base + i & 0xffff;
      }
    }
    repair.used = false;
    if (missing == NONE || !keep(missing)) {
      return NONE;
    }
    return recover(repair, missing) ? missing : NONE;
  }

  private boolean recover(Repair repair, int missing) {
    PacketMask mask = repair.header.mask();
    int base = repair.header.baseSequence();
    parity.clear();
    boolean fits = scheme.addTo(parity, repair.payload, 0, repair.header);
    for (int i = mask.next(0); fits && i >= 0; i = mask.next(i + 1)) {
      int sequence = base + i & 0xffff;
      if (sequence != missing) {
        fits = parity.add(packets[index(sequence)], 0, lengths[index(sequence)]);
      }
    }
    byte[] slot = slot(missing);
    try {
      if (fits && store(missing, parity.recover(mediaSsrc, missing, slot, 0, slot.length))) {
        if (recoveredCount < recovered.length) {
          recovered[(recoveredFirst + recoveredCount++) % recovered.length] = missing;
        }
        packetsRecovered++;
        return true;
      }
    } catch (MalformedRtpException e) {
      // Counted below: the packets did not belong together, for example behind a restart.
    }
    repairsDiscarded++;
    return false;
  }
}
