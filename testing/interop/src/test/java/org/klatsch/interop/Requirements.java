package org.klatsch.interop;

import org.junit.jupiter.api.Assumptions;

/// What a test needs from the machine: missing, it aborts the test, or with `-Dklatsch.requireAll`
/// fails it.
final class Requirements {
  private Requirements() {}

  /// Runs a look-up that raises [Programs.MissingProgramException].
  static void check(Runnable lookUp) {
    try {
      lookUp.run();
    } catch (Programs.MissingProgramException e) {
      String required = System.getProperty("klatsch.requireAll", "false");
      if (!required.equals("false")) {
        throw e;
      }
      Assumptions.abort(e.getMessage());
    }
  }

  /// Requires browsers by name.
  static void browser(String name) {
    check(() -> Programs.require(name.equals("firefox") ? "firefox-esr" : name));
  }

  /// Requires a browser and what its pages need to make and hear audio.
  static void browserWithSound(String name) {
    browser(name);
    if (name.equals("firefox")) {
      check(() -> Programs.require("pulseaudio"));
    }
  }
}
