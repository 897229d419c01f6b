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
    if (byProgram) {
      throw DOMException.notSupported("WebRTC is switched off by this program");
    }
    if (isDisabled(System.getProperty("klatsch.disabled"), System.getenv("KLATSCH_DISABLED"))) {
      throw DOMException.notSupported(
          "WebRTC is switched off by -Dklatsch.disabled=true or KLATSCH_DISABLED=true");
    }
  }

  static boolean isDisabled(@Nullable String property, @Nullable String environment) {
    return Boolean.parseBoolean(property != null ? property : environment);
  }
}
