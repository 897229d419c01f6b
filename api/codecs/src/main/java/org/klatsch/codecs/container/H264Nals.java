package org.klatsch.codecs.container;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// NAL units of H.264: from the start codes of Annex B to the lengths of ISO/IEC 14496-15.
final class H264Nals {
  /// Sequence parameter set, H.264 table 7-1.
  static final int SPS = 7;

  /// Picture parameter set.
  static final int PPS = 8;

  /// Access unit delimiter: files do not need it.
  static final int DELIMITER = 9;

  private H264Nals() {}

  static int type(byte[] nal) {
    return nal[0] & 0x1f;
  }

  /// Splits at start codes of three or four bytes; empty units are left out.
  static List<byte[]> split(byte[] annexB) {
    List<byte[]> nals = new ArrayList<>();
    int from = -1;
    for (int i = 0; i + 2 < annexB.length; i++) {
      if (annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1) {
        add(nals, annexB, from, i);
        from = i + 3;
        i += 2;
      }
    }
    add(nals, annexB, from, annexB.length);
    return nals;
  }

  /// Zeros before a start code belong to nobody, H.264 §B.1.
  private static void add(List<byte[]> nals, byte[] annexB, int from, int to) {
    int end = to;
    while (from >= 0 && end > from && annexB[end - 1] == 0) {
      end--;
    }
    if (from >= 0 && end > from) {
      nals.add(Arrays.copyOfRange(annexB, from, end));
    }
  }

  /// The units of one picture with a length of four bytes before each, without delimiters and the
  /// parameter sets that stand in the file's header. Others stay with the picture: a sender has
  /// changed its size.
  static byte[] sample(List<byte[]> nals, List<byte[]> headerSets) {
    int size = 0;
    for (byte[] nal : nals) {
      size += isKept(nal, headerSets) ? 4 + nal.length : 0;
    }
    ByteBuffer sample = ByteBuffer.allocate(size);
    for (byte[] nal : nals) {
      if (isKept(nal, headerSets)) {
        sample.putInt(nal.length).put(nal);
      }
    }
    return sample.array();
  }

  // Deviates from ISO/IEC 14496-15 §5.4.2: parameter sets within samples of `avc1`, because `avc3`
  // plays in fewer programs, and a change of size in a call is rare.
  private static boolean isKept(byte[] nal, List<byte[]> headerSets) {
    for (byte[] each : headerSets) {
      if (Arrays.equals(each, nal)) {
        return false;
      }
    }
    return type(nal) != DELIMITER;
  }

  /// AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1.
  static byte[] configuration(byte[] sps, byte[] pps) {
    int profile = sps[1] & 0xff;
    boolean high = profile == 100 || profile == 110 || profile == 122 || profile == 144;
    ByteBuffer record = ByteBuffer.allocate(11 + sps.length + pps.length + (high ? 4 : 0));
    record
        .put((byte) 1)
        .put(sps, 1, 3)
        .put((byte) 0xff)
        .put((byte) 0xe1)
        .putShort((short) sps.length)
        .put(sps)
        .put((byte) 1)
        .putShort((short) pps.length)
        .put(pps);
    if (high) {
      // 4:2:0 with eight bits, the only form that calls use, and no extension.
      record.put((byte) 0xfd).put((byte) 0xf8).put((byte) 0xf8).put((byte) 0);
    }
    return record.array();
  }
}
