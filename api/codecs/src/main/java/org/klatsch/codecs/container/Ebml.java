package org.klatsch.codecs.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Elements of EBML (RFC 8794) with the identifiers that WebM uses of Matroska (RFC 9559).
final class Ebml {
  static final int HEADER = 0x1a45dfa3;
  static final int VERSION = 0x4286;
  static final int READ_VERSION = 0x42f7;
  static final int MAX_ID_LENGTH = 0x42f2;
  static final int MAX_SIZE_LENGTH = 0x42f3;
  static final int DOC_TYPE = 0x4282;
  static final int DOC_TYPE_VERSION = 0x4287;
  static final int DOC_TYPE_READ_VERSION = 0x4285;
  static final int VOID = 0xec;
  static final int SEGMENT = 0x18538067;
  static final int SEEK_HEAD = 0x114d9b74;
  static final int SEEK = 0x4dbb;
  static final int SEEK_ID = 0x53ab;
  static final int SEEK_POSITION = 0x53ac;
  static final int INFO = 0x1549a966;
  static final int TIMESTAMP_SCALE = 0x2ad7b1;
  static final int DURATION = 0x4489;
  static final int MUXING_APP = 0x4d80;
  static final int WRITING_APP = 0x5741;
  static final int TRACKS = 0x1654ae6b;
  static final int TRACK_ENTRY = 0xae;
  static final int TRACK_NUMBER = 0xd7;
  static final int TRACK_UID = 0x73c5;
  static final int TRACK_TYPE = 0x83;
  static final int FLAG_LACING = 0x9c;
  static final int CODEC_ID = 0x86;
  static final int CODEC_PRIVATE = 0x63a2;
  static final int CODEC_DELAY = 0x56aa;
  static final int SEEK_PRE_ROLL = 0x56bb;
  static final int VIDEO = 0xe0;
  static final int PIXEL_WIDTH = 0xb0;
  static final int PIXEL_HEIGHT = 0xba;
  static final int AUDIO = 0xe1;
  static final int SAMPLING_FREQUENCY = 0xb5;
  static final int CHANNELS = 0x9f;
  static final int CLUSTER = 0x1f43b675;
  static final int TIMESTAMP = 0xe7;
  static final int SIMPLE_BLOCK = 0xa3;
  static final int BLOCK_GROUP = 0xa0;
  static final int BLOCK = 0xa1;
  static final int REFERENCE_BLOCK = 0xfb;
  static final int CUES = 0x1c53bb6b;
  static final int CUE_POINT = 0xbb;
  static final int CUE_TIME = 0xb3;
  static final int CUE_TRACK_POSITIONS = 0xb7;
  static final int CUE_TRACK = 0xf7;
  static final int CUE_CLUSTER_POSITION = 0xf1;

  /// The size that says "until something of the same or a higher level comes", RFC 8794 §6.2.
  static final long UNKNOWN_SIZE = 0x01ff_ffff_ffff_ffffL;

  private Ebml() {}

  static void id(ByteBuffer to, int id) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      if (id >>> shift != 0) {
        to.put((byte) (id >>> shift));
      }
    }
  }

  /// A size in eight bytes: enough for all, and can be filled in later.
  static void size(ByteBuffer to, long size) {
    to.putLong(0x0100_0000_0000_0000L | size);
  }

  static void unsigned(ByteBuffer to, int id, long value) {
    id(to, id);
    int bytes = Math.max(1, (71 - Long.numberOfLeadingZeros(value)) / 8);
    to.put((byte) (0x80 | bytes));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      to.put((byte) (value >>> shift));
    }
  }

  static void floating(ByteBuffer to, int id, double value) {
    id(to, id);
    to.put((byte) 0x88).putDouble(value);
  }

  static void bytes(ByteBuffer to, int id, byte[] value) {
    id(to, id);
    size(to, value.length);
    to.put(value);
  }

  static void text(ByteBuffer to, int id, String value) {
    bytes(to, id, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Begins an element with children.
  ///
  /// @return where its size is, for [#end]
  static int begin(ByteBuffer to, int id) {
    id(to, id);
    int at = to.position();
    size(to, 0);
    return at;
  }

  static void end(ByteBuffer to, int sizeAt) {
    to.putLong(sizeAt, 0x0100_0000_0000_0000L | (to.position() - sizeAt - 8));
  }
}
