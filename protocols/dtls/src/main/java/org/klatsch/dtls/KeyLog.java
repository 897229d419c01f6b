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

  /// The secrets of a version 1.3 handshake, RFC 9850 §2.1, when the last of them is known.
  static void write13(
      @Nullable Consumer<String> lines, byte[] clientRandom, KeySchedule13 schedule) {
    if (lines == null) {
      return;
    }
    HexFormat hex = HexFormat.of();
    String random = " " + hex.formatHex(clientRandom) + " ";
    for (DtlsRole role : DtlsRole.values()) {
      lines.accept(
          role
              + "_HANDSHAKE_TRAFFIC_SECRET"
              + random
              + hex.formatHex(schedule.handshakeSecret(role)));
      lines.accept(
          role + "_TRAFFIC_SECRET_0" + random + hex.formatHex(schedule.applicationSecret(role)));
    }
    lines.accept("EXPORTER_SECRET" + random + hex.formatHex(schedule.exporterMasterSecret()));
  }
}
