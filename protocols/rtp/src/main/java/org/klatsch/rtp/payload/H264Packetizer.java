package org.klatsch.rtp.payload;

import java.util.Arrays;
import org.klatsch.rtp.wire.Bytes;

/// Cuts H.264 access units in byte stream format (start codes) into payloads, RFC 6184 §5.
///
/// Non-interleaved mode (packetization-mode 1): a unit too large is cut into FU-A, small neighbours
/// are joined in STAP-A. Single NAL unit mode (0): one unit each; the encoder has to keep slices
/// below the payload's size.
public final class H264Packetizer implements Packetizer {
  private static final int FU_HEADER = 2;

  private final boolean nonInterleaved;
  private byte[] frame = new byte[0];
  private int maxPayload;

  /// Index and length of each unit, by turns.
  private int[] units = new int[32];

  private int unitCount;
  private int nextUnit;
  private final Fragments fragments = new Fragments();

  /// @param packetizationMode 0 or 1 as in fmtp, RFC 6184 §8.1
  public H264Packetizer(int packetizationMode) {
    if (packetizationMode < 0 || packetizationMode > 1) {
      throw new IllegalArgumentException(
          "packetization-mode " + packetizationMode + ", 0 or 1 expected");
    }
    this.nonInterleaved = packetizationMode == 1;
  }

  @Override
  public void start(byte[] frame, int offset, int length, int maxPayload) {
    this.frame = frame;
    this.maxPayload = maxPayload;
    this.unitCount = 0;
    this.nextUnit = 0;
    fragments.start(0, 1);
    int end = offset + length;
    int code = H264Nal.startCode(frame, offset, end);
    while (code < end) {
      int begin = code + 3;
      code = H264Nal.startCode(frame, begin, end);
      int stop = code;
      // Zeros before a start code belong to it or pad the unit, H.264 §B.1.
      while (stop > begin && frame[stop - 1] == 0) {
        stop--;
      }
      if (stop > begin) {
        addUnit(begin, stop - begin);
      }
    }
    if (unitCount == 0) {
      throw new IllegalArgumentException("an access unit with start codes expected");
    }
  }

  private void addUnit(int begin, int length) {
    if (!nonInterleaved && length > maxPayload) {
      throw new IllegalArgumentException(
          "NAL unit of " + length + " bytes, at most " + maxPayload + " in packetization-mode 0");
    }
    if (2 * unitCount == units.length) {
      units = Arrays.copyOf(units, 2 * units.length);
    }
    units[2 * unitCount] = begin;
    units[2 * unitCount + 1] = length;
    unitCount++;
  }

  @Override
  public boolean hasNext() {
    return fragments.hasNext() || nextUnit < unitCount;
  }

  @Override
  public int next(byte[] out, int offset) {
    if (fragments.hasNext()) {
      return fragment(out, offset, false);
    }
    int length = units[2 * nextUnit + 1];
    if (length > maxPayload) {
      fragments.start(length - 1, maxPayload - FU_HEADER);
      return fragment(out, offset, true);
    }
    int count = joinable();
    if (count > 1) {
      return aggregate(out, offset, count);
    }
    System.arraycopy(frame, units[2 * nextUnit], out, offset, length);
    nextUnit++;
    return length;
  }

  /// Number of units from the next one that fit one STAP-A, RFC 6184 §5.7.1.
  private int joinable() {
    if (!nonInterleaved) {
      return 1;
    }
    int size = 1;
    int count = 0;
    while (nextUnit + count < unitCount
        && size + 2 + units[2 * (nextUnit + count) + 1] <= maxPayload) {
      size += 2 + units[2 * (nextUnit + count) + 1];
      count++;
    }
    return count;
  }

  private int aggregate(byte[] out, int offset, int count) {
    int at = offset + 1;
    int forbidden = 0;
    int importance = 0;
    for (int i = 0; i < count; i++, nextUnit++) {
      int begin = units[2 * nextUnit];
      int length = units[2 * nextUnit + 1];
      forbidden |= frame[begin] & 0x80;
      importance = Math.max(importance, frame[begin] & 0x60);
      Bytes.u16(out, at, length);
      System.arraycopy(frame, begin, out, at + 2, length);
      at += 2 + length;
    }
    out[offset] = (byte) (forbidden | importance | H264Nal.STAP_A);
    return at - offset;
  }

  /// Fragmentation unit, RFC 6184 §5.8: the unit's header is split over indicator and FU header.
  private int fragment(byte[] out, int offset, boolean first) {
    int begin = units[2 * nextUnit];
    int done = units[2 * nextUnit + 1] - fragments.left();
    int size = fragments.next();
    boolean last = !fragments.hasNext();
    out[offset] = (byte) (frame[begin] & 0xe0 | H264Nal.FU_A);
    out[offset + 1] = (byte) ((first ? 0x80 : 0) | (last ? 0x40 : 0) | H264Nal.type(frame[begin]));
    System.arraycopy(frame, begin + done, out, offset + FU_HEADER, size);
    if (last) {
      nextUnit++;
    }
    return FU_HEADER + size;
  }
}
