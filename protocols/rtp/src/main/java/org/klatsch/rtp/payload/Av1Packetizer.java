package org.klatsch.rtp.payload;

import java.util.Arrays;

/// Cuts AV1 temporal units in the low-overhead format (units with sizes) into payloads, AV1 RTP
/// payload specification §4. Temporal delimiters, tile lists and padding are left out and sizes
/// taken off, §5.
public final class Av1Packetizer implements Packetizer {
  private static final int AGGREGATION_HEADER = 1;

  /// Elements the aggregation header can count; with more each has its length, §4.4.
  private static final int MAX_COUNTED = 3;

  private byte[] frame = new byte[0];
  private int maxPayload;

  /// Index of the header, index and length of the data of each unit, by turns.
  private int[] units = new int[24];

  private int unitCount;
  private int unit;

  /// Bytes of the present unit sent already, its header included.
  private int sent;

  private boolean first;
  private boolean newSequence;

  /// A packetizer without a frame.
  public Av1Packetizer() {}

  @Override
  public void start(byte[] frame, int offset, int length, int maxPayload) {
    // An element costs its length of up to three bytes and one byte at least must fit.
    if (maxPayload < 8) {
      throw new IllegalArgumentException("payloads of " + maxPayload + " bytes, 8 expected");
    }
    this.frame = frame;
    this.maxPayload = maxPayload;
    this.unitCount = 0;
    this.unit = 0;
    this.sent = 0;
    this.first = true;
    this.newSequence = false;
    int at = offset;
    int end = offset + length;
    while (at < end) {
      at = addUnit(at, end);
    }
  }

  private int addUnit(int at, int end) {
    int header = frame[at];
    int data = at + Av1Obu.headerLength(header);
    int size = end - data;
    if (Av1Obu.hasSize(header)) {
      long number = Av1Obu.leb128(frame, data, end);
      data += (int) number;
      size = (int) (number >>> 32);
      if (number < 0 || size > end - data) {
        throw new IllegalArgumentException("OBU of " + size + " bytes beyond the temporal unit");
      }
    }
    if (size < 0) {
      throw new IllegalArgumentException("OBU header cut off at the end of the temporal unit");
    }
    int type = Av1Obu.type(header);
    newSequence |= type == Av1Obu.SEQUENCE_HEADER;
    if (type != Av1Obu.TEMPORAL_DELIMITER && type != Av1Obu.TILE_LIST && type != Av1Obu.PADDING) {
      if (3 * unitCount == units.length) {
        units = Arrays.copyOf(units, 2 * units.length);
      }
      units[3 * unitCount] = at;
      units[3 * unitCount + 1] = data;
      units[3 * unitCount + 2] = size;
      unitCount++;
    }
    return data + size;
  }

  @Override
  public boolean hasNext() {
    return unit < unitCount;
  }

  private int elementLength(int index) {
    return Av1Obu.headerLength(frame[units[3 * index]]) + units[3 * index + 2];
  }

  @Override
  public int next(byte[] out, int offset) {
    // Each element is taken with its length first; leaving out the last one's wastes two bytes.
    int room = maxPayload - AGGREGATION_HEADER;
    int count = 0;
    int lastPart = 0;
    while (unit + count < unitCount && room > 1) {
      int left = elementLength(unit + count) - (count == 0 ? sent : 0);
      int part = Math.min(left, room - Av1Obu.leb128Length(room));
      lastPart = part;
      count++;
      room -= Av1Obu.leb128Length(part) + part;
      if (part < left) {
        break;
      }
    }
    boolean counted = count <= MAX_COUNTED;
    boolean continues = sent > 0;
    int at = offset + AGGREGATION_HEADER;
    boolean goesOn = false;
    for (int i = 0; i < count; i++) {
      int left = elementLength(unit) - sent;
      int part = i == count - 1 ? lastPart : left;
      if (!counted || i < count - 1) {
        at = Av1Obu.putLeb128(out, at, part);
      }
      copy(out, at, part);
      at += part;
      goesOn = part < left;
      if (goesOn) {
        sent += part;
      } else {
        unit++;
        sent = 0;
      }
    }
    out[offset] =
        (byte)
            ((continues ? 0x80 : 0)
                | (goesOn ? 0x40 : 0)
                | (counted ? count << 4 : 0)
                | (first && newSequence ? 0x08 : 0));
    first = false;
    return at - offset;
  }

  /// Copies part of the present unit: its header without size flag, then its data.
  private void copy(byte[] out, int at, int part) {
    int headerAt = units[3 * unit];
    int header = Av1Obu.headerLength(frame[headerAt]);
    int done = 0;
    while (sent + done < header && done < part) {
      int value = frame[headerAt + sent + done];
      out[at + done] = (byte) (sent + done == 0 ? Av1Obu.withoutSize(value) : value);
      done++;
    }
    System.arraycopy(
        frame, units[3 * unit + 1] + sent + done - header, out, at + done, part - done);
  }
}
