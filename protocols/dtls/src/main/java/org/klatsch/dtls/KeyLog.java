package org.klatsch.dtls;

import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lines for the file that SSLKEYLOGFILE names, with which Wireshark reads a capture: RFC 9850 §2.
final class KeyLog {
  private KeyLog() {}

  /// The master secret of a version 1.2 handshake, RFC 9850 §2.2.
  static void write12(
      @Nullable Consumer<String> lines, byte[] clientRandom, KeySchedule12 schedule) {
    if (lines != null) {
      HexFormat hex = HexFormat.of();
      lines.accept(
          "CLIENT_RANDOM "
              + hex.formatHex(clientRandom)
              + " "
              + hex.formatHex(schedule.masterSecret()));
    }
  }
}
