package org.klatsch.interop;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/// A file of random bytes, and its SHA-256.
record RandomFile(Path path, int bytes, String sha256) {
  static RandomFile create(Path path, int bytes) throws Exception {
    var random = new Random(bytes);
    var digest = MessageDigest.getInstance("SHA-256");
    byte[] piece = new byte[1_000_000];
    try (OutputStream out = Files.newOutputStream(path)) {
      for (int left = bytes; left > 0; left -= piece.length) {
        random.nextBytes(piece);
        int length = Math.min(left, piece.length);
        out.write(piece, 0, length);
        digest.update(piece, 0, length);
      }
    }
    return new RandomFile(path, bytes, HexFormat.of().formatHex(digest.digest()));
  }

  /// The SHA-256 of any file.
  static String sha256(Path path) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    try (var in = Files.newInputStream(path)) {
      byte[] piece = new byte[1 << 16];
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        digest.update(piece, 0, length);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
