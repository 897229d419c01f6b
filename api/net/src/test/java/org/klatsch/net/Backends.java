package org.klatsch.net;

import java.util.List;

/// The backends that can run here.
final class Backends {
  private Backends() {}

  static List<String> available() {
    return List.of("nio");
  }
}
