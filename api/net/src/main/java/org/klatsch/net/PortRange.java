package org.klatsch.net;

import java.io.IOException;
import java.net.BindException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which UDP port numbers may be taken; [#EPHEMERAL] leaves the choice to the system.
///
/// @param first the lowest number, 0 for any
/// @param last the highest number
public record PortRange(int first, int last) {
  /// A free port that the system chooses.
  public static final PortRange EPHEMERAL = new PortRange(0, 0);

  public PortRange {
    if (first < 0 || last > 0xffff || first > last || (first == 0 && last != 0)) {
      throw new IllegalArgumentException(
          "ports " + first + "-" + last + ": 1-65535 in order, or 0-0, is expected");
    }
  }

  /// Exactly one port.
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  /// Opens something at one port number.
  interface Opener<T> {
    T open(int port) throws IOException;
  }

  /// Tries every number once, from a random one on, until one is free.
  <T> T tryEach(Opener<T> opener) throws IOException {
    int count = last - first + 1;
    int start = count == 1 ? 0 : RandomGenerator.getDefault().nextInt(count);
    @Nullable BindException busy = null;
    for (int i = 0; i < count; i++) {
      try {
        return opener.open(first + (start + i) % count);
      } catch (BindException e) {
        busy = e;
      }
    }
    BindException none = new BindException("no port of " + first + "-" + last + " is free");
    if (busy != null) {
      none.initCause(busy);
    }
    throw none;
  }
}
