package org.klatsch.webrtc;

/// The switch that turns WebRTC off in a process: the system property `klatsch.disabled`, or the
/// environment variable `KLATSCH_DISABLED`, set to `true`.
final class Disabled {
  private Disabled() {}

  static void check() {
    if (isDisabled(System.getProperty("klatsch.disabled"), System.getenv("KLATSCH_DISABLED"))) {
      throw DOMException.notSupported(
          "WebRTC is switched off by -Dklatsch.disabled=true or KLATSCH_DISABLED=true");
    }
  }

  static boolean isDisabled(
      @org.jspecify.annotations.Nullable String property,
      @org.jspecify.annotations.Nullable String environment) {
    return Boolean.parseBoolean(property != null ? property : environment);
  }
}
