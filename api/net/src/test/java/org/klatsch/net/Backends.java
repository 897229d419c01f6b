package org.klatsch.net;

import java.util.List;
import org.klatsch.net.linux.LinuxBackend;

/// The backends that can run here.
final class Backends {
  private Backends() {}

  static List<String> available() {
    return LinuxBackend.isSupported() ? List.of("nio", "ffm") : List.of("nio");
  }
}
