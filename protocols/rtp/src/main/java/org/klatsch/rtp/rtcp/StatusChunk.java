package org.klatsch.rtp.rtcp;

import org.klatsch.sansio.PacketWriter;

/// Packet status chunks of [TransportFeedback], draft-holmer-rmcat-transport-wide-cc-extensions-01
/// §3.1.1 to §3.1.4.
///
/// ```
/// |0| S |       run length        |   |1|0|  14 one-bit symbols      |   |1|1|  7 two-bit symbols |
/// ```
final class StatusChunk {
  static final int NOT_RECEIVED = 0;
  static final int SMALL_DELTA = 1;
  static final int LARGE_DELTA = 2;

  private static final int MAX_RUN = 0x1fff;

  private StatusChunk() {}

  /// Bytes of the receive delta that belongs to a symbol. Symbol 3, "received without timestamp" of
  /// newer drafts and reserved in older ones, has none.
  static int deltaLength(int symbol) {
    return symbol == SMALL_DELTA ? 1 : symbol == LARGE_DELTA ? 2 : 0;
  }

  /// Puts the chunk's symbols into `symbols` from `at` and returns the index behind the last.
  static int read(int chunk, int[] symbols, int at) {
    int end = symbols.length;
    int i = at;
    if ((chunk & 0x8000) == 0) {
      int symbol = chunk >>> 13 & 3;
      int run = chunk & MAX_RUN;
      while (run-- > 0 && i < end) {
        symbols[i++] = symbol;
      }
    } else if ((chunk & 0x4000) == 0) {
      for (int bit = 13; bit >= 0 && i < end; bit--) {
        symbols[i++] = chunk >>> bit & 1;
      }
    } else {
      for (int shift = 12; shift >= 0 && i < end; shift -= 2) {
        symbols[i++] = chunk >>> shift & 3;
      }
    }
    return i;
  }

  /// Writes `symbols` in chunks, each the one that covers most of those left.
  static void write(int[] symbols, PacketWriter out) {
    int at = 0;
    while (at < symbols.length) {
      int left = symbols.length - at;
      int run = 1;
      while (run < left && run < MAX_RUN && symbols[at + run] == symbols[at]) {
        run++;
      }
      int small = 0;
      while (small < left && small < 14 && symbols[at + small] != LARGE_DELTA) {
        small++;
      }
      boolean oneBit = small == 14 || small == left;
      if (run >= (oneBit ? 14 : 7) || run == left) {
        out.u16(symbols[at] << 13 | run);
        at += run;
      } else if (oneBit) {
        int chunk = 0x8000;
        for (int i = 0; i < small; i++) {
          chunk |= symbols[at + i] << (13 - i);
        }
        out.u16(chunk);
        at += small;
      } else {
        int chunk = 0xc000;
        int count = Math.min(7, left);
        for (int i = 0; i < count; i++) {
          chunk |= symbols[at + i] << (12 - 2 * i);
        }
        out.u16(chunk);
        at += count;
      }
    }
  }
}
