package org.klatsch.codecs.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Boxes of ISO/IEC 14496-12: the header of a file whose samples all lie in fragments.
final class Mp4Boxes {
  static final int VIDEO_SCALE = 90_000;
  static final int MOVIE_SCALE = 1_000;

  private static final int[] IDENTITY = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

  private Mp4Boxes() {}

  /// Begins a box.
  ///
  /// @return where it begins, for [#end]
  static int begin(ByteBuffer to, String type) {
    int at = to.position();
    to.putInt(0).put(type.getBytes(StandardCharsets.US_ASCII));
    return at;
  }

  /// Begins a box with version and flags.
  static int begin(ByteBuffer to, String type, int version, int flags) {
    int at = begin(to, type);
    to.putInt(version << 24 | flags);
    return at;
  }

  static void end(ByteBuffer to, int at) {
    to.putInt(at, to.position() - at);
  }

  static int scale(MediaTrack track) {
    return track.format().isVideo() ? VIDEO_SCALE : OpusPackets.RATE_HZ;
  }

  static void fileType(ByteBuffer to) {
    int box = begin(to, "ftyp");
    to.put("iso5".getBytes(StandardCharsets.US_ASCII)).putInt(512);
    to.put("iso5iso6mp41".getBytes(StandardCharsets.US_ASCII));
    end(to, box);
  }

  /// @return where the duration of all fragments stands, in eight bytes
  static int movie(ByteBuffer to, List<MediaTrack> tracks, byte[] avcConfiguration) {
    int movie = begin(to, "moov");
    int header = begin(to, "mvhd", 0, 0);
    to.putInt(0).putInt(0).putInt(MOVIE_SCALE).putInt(0).putInt(0x10000).putShort((short) 0x100);
    to.putShort((short) 0).putLong(0);
    matrix(to);
    to.putLong(0).putLong(0).putLong(0).putInt(tracks.size() + 1);
    end(to, header);
    for (MediaTrack track : tracks) {
      track(to, track, avcConfiguration);
    }
    int extension = begin(to, "mvex");
    int extensionHeader = begin(to, "mehd", 1, 0);
    int durationAt = to.position();
    to.putLong(0);
    end(to, extensionHeader);
    for (MediaTrack track : tracks) {
      int defaults = begin(to, "trex", 0, 0);
      to.putInt(track.number()).putInt(1).putInt(0).putInt(0).putInt(0);
      end(to, defaults);
    }
    end(to, extension);
    end(to, movie);
    return durationAt;
  }

  private static void matrix(ByteBuffer to) {
    for (int value : IDENTITY) {
      to.putInt(value);
    }
  }

  private static void track(ByteBuffer to, MediaTrack track, byte[] avcConfiguration) {
    boolean video = track.format().isVideo();
    int box = begin(to, "trak");
    int header = begin(to, "tkhd", 0, 3);
    to.putInt(0).putInt(0).putInt(track.number()).putInt(0).putInt(0).putLong(0);
    to.putInt(0).putShort((short) (video ? 0 : 0x100)).putShort((short) 0);
    matrix(to);
    to.putInt(track.width() << 16).putInt(track.height() << 16);
    end(to, header);
    int media = begin(to, "mdia");
    int mediaHeader = begin(to, "mdhd", 0, 0);
    // The language is undetermined.
    to.putInt(0).putInt(0).putInt(scale(track)).putInt(0).putShort((short) 0x55c4);
    to.putShort((short) 0);
    end(to, mediaHeader);
    int handler = begin(to, "hdlr", 0, 0);
    to.putInt(0).put((video ? "vide" : "soun").getBytes(StandardCharsets.US_ASCII));
    to.putInt(0).putInt(0).putInt(0).put((byte) 0);
    end(to, handler);
    information(to, track, avcConfiguration);
    end(to, media);
    end(to, box);
  }

  private static void information(ByteBuffer to, MediaTrack track, byte[] avcConfiguration) {
    boolean video = track.format().isVideo();
    int information = begin(to, "minf");
    int kind = video ? begin(to, "vmhd", 0, 1) : begin(to, "smhd", 0, 0);
    if (video) {
      to.putLong(0);
    } else {
      to.putInt(0);
    }
    end(to, kind);
    int data = begin(to, "dinf");
    int references = begin(to, "dref", 0, 0);
    to.putInt(1);
    // The samples are in this file.
    end(to, begin(to, "url ", 0, 1));
    end(to, references);
    end(to, data);
    int table = begin(to, "stbl");
    int description = begin(to, "stsd", 0, 0);
    to.putInt(1);
    if (video) {
      videoEntry(to, track, avcConfiguration);
    } else {
      opusEntry(to, track);
    }
    end(to, description);
    for (String empty : List.of("stts", "stsc", "stsz", "stco")) {
      int box = begin(to, empty, 0, 0);
      to.putInt(0);
      if (empty.equals("stsz")) {
        to.putInt(0);
      }
      end(to, box);
    }
    end(to, table);
    end(to, information);
  }

  private static void videoEntry(ByteBuffer to, MediaTrack track, byte[] avcConfiguration) {
    int entry = begin(to, "avc1");
    to.putInt(0).putShort((short) 0).putShort((short) 1).putLong(0).putLong(0);
    to.putShort((short) track.width()).putShort((short) track.height());
    // 72 dots per inch, one picture per sample, no name, 24 bits.
    to.putInt(0x480000).putInt(0x480000).putInt(0).putShort((short) 1).put(new byte[32]);
    to.putShort((short) 24).putShort((short) -1);
    int configuration = begin(to, "avcC");
    to.put(avcConfiguration);
    end(to, configuration);
    end(to, entry);
  }

  /// As "Encapsulation of Opus in ISO Base Media File Format" §4.3 has it.
  private static void opusEntry(ByteBuffer to, MediaTrack track) {
    int entry = begin(to, "Opus");
    to.putInt(0).putShort((short) 0).putShort((short) 1).putLong(0);
    to.putShort((short) track.channels()).putShort((short) 16).putInt(0);
    to.putInt(OpusPackets.RATE_HZ << 16);
    int specific = begin(to, "dOps");
    to.put((byte) 0).put((byte) track.channels()).putShort((short) OpusPackets.PRE_SKIP);
    to.putInt(OpusPackets.RATE_HZ).putShort((short) 0).put((byte) 0);
    end(to, specific);
    end(to, entry);
  }
}
