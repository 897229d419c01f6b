package org.klatsch.rtp.rtcp;

import java.util.Arrays;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Transport-wide feedback, draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1: the arrival of
/// each packet by its transport-wide sequence number.
///
/// ```
/// |V=2|P|  FMT=15 |    PT=205     |           length              |
/// |                     SSRC of packet sender                     |
/// |                      SSRC of media source                     |
/// |      base sequence number     |      packet status count      |
/// |                 reference time                | fb pkt. count |
/// |          packet chunk         |         packet chunk          |
/// |         packet chunk          |  recv delta   |  recv delta   |
/// ```
public final class TransportFeedback implements RtcpPacket {
  static final int FORMAT = 15;

  /// Statuses read of one packet. A sender of 10,000 packets a second that hears every 250 ms needs
  /// 2,500; run lengths could claim 65,535 in a few bytes.
  public static final int MAX_STATUSES = 8192;

  /// Unit of the reference time.
  public static final long REFERENCE_NANOS = 64_000_000;

  /// Unit of the deltas.
  public static final long DELTA_NANOS = 250_000;

  /// Delta of a packet that did not arrive.
  private static final int MISSING = Integer.MIN_VALUE;

  /// Delta of a packet that arrived at a time not told: feedback asked for without timestamps.
  private static final int UNTIMED = Integer.MIN_VALUE + 1;

  private static final int FIXED = 16;

  private final int senderSsrc;
  private final int mediaSsrc;
  private final int baseSequence;
  private final int referenceTime;
  private final int feedbackCount;
  private final int[] deltas;
  private final byte[] chunksAndDeltas;

  private TransportFeedback(
      int senderSsrc,
      int mediaSsrc,
      int baseSequence,
      int referenceTime,
      int feedbackCount,
      int[] deltas,
      byte[] chunksAndDeltas) {
    this.senderSsrc = senderSsrc;
    this.mediaSsrc = mediaSsrc;
    this.baseSequence = baseSequence;
    this.referenceTime = referenceTime;
    this.feedbackCount = feedbackCount;
    this.deltas = deltas;
    this.chunksAndDeltas = chunksAndDeltas;
  }

  static TransportFeedback parse(RtcpHeader header) throws MalformedRtpException {
    header.require(FIXED);
    int count = header.u16(10);
    if (count == 0 || count > MAX_STATUSES) {
      throw header.malformed(count + " statuses, 1 to " + MAX_STATUSES + " expected");
    }
    int[] deltas = new int[count];
    int at = FIXED;
    int filled = 0;
    while (filled < count) {
      header.require(at + 2);
      int chunk = header.u16(at);
      at += 2;
      filled = StatusChunk.read(chunk, deltas, filled);
    }
    int needed = 0;
    for (int symbol : deltas) {
      needed += StatusChunk.deltaLength(symbol);
    }
    int left = header.contentLength() - at;
    // Feedback asked for without timestamps has no deltas, at most padding to 32 bits.
    boolean timed = left >= needed;
    if (!timed && left > 3) {
      throw header.malformed("deltas of " + needed + " bytes expected, " + left + " left");
    }
    for (int i = 0; i < count; i++) {
      int symbol = deltas[i];
      int deltaLength = timed ? StatusChunk.deltaLength(symbol) : 0;
      deltas[i] =
          switch (deltaLength) {
            case 1 -> header.u8(at);
            case 2 -> (short) header.u16(at);
            default -> symbol == StatusChunk.NOT_RECEIVED ? MISSING : UNTIMED;
          };
      at += deltaLength;
    }
    return new TransportFeedback(
        header.i32(0),
        header.i32(4),
        header.u16(8),
        header.i24(12),
        header.u8(15),
        deltas,
        header.bytes(FIXED, at - FIXED));
  }

  public int senderSsrc() {
    return senderSsrc;
  }

  public int mediaSsrc() {
    return mediaSsrc;
  }

  /// Sequence number of the first packet reported.
  public int baseSequence() {
    return baseSequence;
  }

  /// Number of consecutive packets reported.
  public int statusCount() {
    return deltas.length;
  }

  /// Signed 24 bits in units of 64 ms.
  public int referenceTime() {
    return referenceTime;
  }

  /// Number of this feedback packet, modulo 256.
  public int feedbackCount() {
    return feedbackCount;
  }

  /// Sequence number of the packet at `index`.
  public int sequence(int index) {
    return baseSequence + index & 0xffff;
  }

  /// Whether the packet at `index` arrived.
  public boolean received(int index) {
    return deltas[index] != MISSING;
  }

  /// Whether the packet at `index` arrived at a time told here.
  public boolean timed(int index) {
    return deltas[index] > UNTIMED;
  }

  /// Nanoseconds between the packet at `index`, which must be timed, and the timed packet before it
  /// (the reference time for the first).
  public long deltaNanos(int index) {
    if (!timed(index)) {
      throw new IllegalArgumentException("the packet at " + index + " has no arrival time");
    }
    return deltas[index] * DELTA_NANOS;
  }

  /// The reference time in nanoseconds.
  public long referenceNanos() {
    return referenceTime * REFERENCE_NANOS;
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + FIXED + (chunksAndDeltas.length + 3) / 4 * 4;
  }

  @Override
  public void write(PacketWriter out) {
    int padding = length() - RtcpHeader.LENGTH - FIXED - chunksAndDeltas.length;
    out.u8((padding == 0 ? 0x80 : 0xa0) | FORMAT).u8(RtcpHeader.RTPFB).u16(length() / 4 - 1);
    out.u32(senderSsrc).u32(mediaSsrc).u16(baseSequence).u16(deltas.length);
    out.u24(referenceTime).u8(feedbackCount).bytes(chunksAndDeltas);
    if (padding != 0) {
      out.zeros(padding - 1).u8(padding);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TransportFeedback that
        && senderSsrc == that.senderSsrc
        && mediaSsrc == that.mediaSsrc
        && baseSequence == that.baseSequence
        && referenceTime == that.referenceTime
        && feedbackCount == that.feedbackCount
        && Arrays.equals(deltas, that.deltas);
  }

  @Override
  public int hashCode() {
    return 31 * baseSequence + Arrays.hashCode(deltas);
  }

  @Override
  public String toString() {
    return "TransportFeedback[base=" + baseSequence + ", count=" + deltas.length + "]";
  }

  /// Collects arrivals in ascending order of sequence number and makes feedback of them. Reusable
  /// by [#start].
  public static final class Builder {
    private final int[] deltas = new int[MAX_STATUSES];
    private int baseSequence;
    private int count;
    private long referenceTime;
    private long lastTicks;
    private int bytes;

    /// An empty builder.
    public Builder() {}

    /// Begins feedback whose first packet is `baseSequence`, arrived at `arrival` nanoseconds of a
    /// monotonic clock.
    public Builder start(int baseSequence, long arrival) {
      this.baseSequence = baseSequence;
      this.count = 0;
      this.bytes = 0;
      this.referenceTime = arrival / REFERENCE_NANOS;
      this.lastTicks = referenceTime * (REFERENCE_NANOS / DELTA_NANOS);
      return this;
    }

    /// Adds an arrival; returns false, and adds nothing, when it does not fit: a gap or delta too
    /// large, or more than `maxLength` bytes. The caller then builds and starts anew.
    public boolean add(int sequence, long arrival, int maxLength) {
      int index = sequence - baseSequence & 0xffff;
      if (index < count || index >= MAX_STATUSES) {
        return false;
      }
      long ticks = (arrival + DELTA_NANOS / 2) / DELTA_NANOS;
      long delta = ticks - lastTicks;
      int size = delta >= 0 && delta <= 255 ? 1 : 2;
      // A two-bit vector holds seven statuses in two bytes: the upper bound of all chunks.
      int chunkBytes = (index + 1 + 6) / 7 * 2;
      if (delta < Short.MIN_VALUE
          || delta > Short.MAX_VALUE
          || RtcpHeader.LENGTH + FIXED + chunkBytes + bytes + size + 3 > maxLength) {
        return false;
      }
      while (count < index) {
        deltas[count++] = MISSING;
      }
      deltas[count++] = (int) delta;
      lastTicks = ticks;
      bytes += size;
      return true;
    }

    /// Number of packets reported so far.
    public int statusCount() {
      return count;
    }

    /// Makes the packet; at least one arrival must have been added.
    public TransportFeedback build(int senderSsrc, int mediaSsrc, int feedbackCount) {
      if (count == 0) {
        throw new IllegalStateException("no arrival added");
      }
      PacketWriter out = new PacketWriter((count + 6) / 7 * 2 + bytes);
      int[] symbols = new int[count];
      for (int i = 0; i < count; i++) {
        symbols[i] =
            deltas[i] == MISSING
                ? StatusChunk.NOT_RECEIVED
                : deltas[i] >= 0 && deltas[i] <= 255
                    ? StatusChunk.SMALL_DELTA
                    : StatusChunk.LARGE_DELTA;
      }
      StatusChunk.write(symbols, out);
      for (int i = 0; i < count; i++) {
        switch (symbols[i]) {
          case StatusChunk.SMALL_DELTA -> out.u8(deltas[i]);
          case StatusChunk.LARGE_DELTA -> out.u16(deltas[i]);
          default -> {}
        }
      }
      return new TransportFeedback(
          senderSsrc,
          mediaSsrc,
          baseSequence,
          (int) (referenceTime << 40 >> 40),
          feedbackCount & 0xff,
          Arrays.copyOf(deltas, count),
          out.toByteArray());
    }
  }
}
