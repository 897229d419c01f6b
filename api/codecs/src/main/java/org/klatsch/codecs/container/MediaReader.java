package org.klatsch.codecs.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file of encoded frames, read from front to back.
public sealed interface MediaReader extends AutoCloseable
    permits Mp4Reader, OggOpusReader, WebmReader {
  /// Opens a file of Ogg, WebM or MP4, whatever its name.
  ///
  /// @throws MalformedMediaException when it is none of them
  static MediaReader open(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(12);
    }
    if (startsWith(head, 0, 'O', 'g', 'g', 'S')) {
      return OggOpusReader.open(file);
    }
    if (startsWith(head, 0, 0x1a, 0x45, 0xdf, 0xa3)) {
      return WebmReader.open(file);
    }
    if (startsWith(head, 4, 'f', 't', 'y', 'p')) {
      return Mp4Reader.open(file);
    }
    throw new MalformedMediaException(
        "%s begins with %s: expected Ogg, WebM or MP4"
            .formatted(file, HexFormat.ofDelimiter(" ").formatHex(head)));
  }

  private static boolean startsWith(byte[] head, int offset, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (offset + i >= head.length || head[offset + i] != (byte) bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /// Those of codecs that calls know.
  List<MediaTrack> tracks();

  /// The next frame of any track; null at the end.
  ///
  /// @throws MalformedMediaException when the file is damaged
  @Nullable MediaPacket read() throws IOException;

  @Override
  void close() throws IOException;
}
