package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// The switch that turns WebRTC off in a process: [PeerConnectionFactory#disable()], or the system
/// property `klatsch.disabled`, or the environment variable `KLATSCH_DISABLED`, set to `true`.
final class Disabled {
  private static volatile boolean byProgram;

  private Disabled() {}

  static void set(boolean value) {
    byProgram = value;
  }

  static void check() {
    String reason = reason();
    if (reason != null) {
      throw DOMException.notSupported(reason);
    }
  }

  /// Why nothing can be made here, or null.
  static @Nullable String reason() {
    if (byProgram) {
      return "WebRTC is switched off by this program";
    }
    return isDisabled(System.getProperty("klatsch.disabled"), System.getenv("KLATSCH_DISABLED"))
        ? "WebRTC is switched off by -Dklatsch.disabled=true or KLATSCH_DISABLED=true"
        : null;
  }

  static boolean isDisabled(@Nullable String property, @Nullable String environment) {
    return Boolean.parseBoolean(property != null ? property : environment);
  }
}
