package org.klatsch.server.rooms;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Strangers say anything in any order; nothing may throw, and nothing may stay when they are gone.
final class DirectoryFuzzTest {
  private static final String[] BEGINNINGS = {
    "{\"type\":\"join\",\"room\":\"a\",\"name\":\"",
    "{\"type\":\"join\",\"role\":\"send\",\"key\":\"0123456789abcdef\"}",
    "{\"type\":\"join\",\"role\":\"receive\",\"transfer\":\"",
    "{\"type\":\"signal\",\"connection\":1,\"reset\":true,\"to\":\"",
    "{\"type\":\"signal\",\"connection\":1,\"candidate\":",
    "{\"type\":\"leave\"}",
    ""
  };

  @FuzzTest
  void survivesAnything(FuzzedDataProvider data) {
    var directory =
        new Directory(
            RoomLimits.DEFAULTS,
            new Random(1),
            new SecureRandom(),
            (host, source) -> List.of(),
            DirectoryCounters.NONE);
    var connections = new ArrayList<Connection>();
    long now = 0;
    for (int i = 0; i < 64 && data.remainingBytes() > 0; i++) {
      now += data.consumeLong(0, 5_000_000_000L);
      switch (data.consumeInt(0, 3)) {
        case 0 -> {
          var wire = new FakeWire("source" + data.consumeInt(0, 3));
          wire.slow = data.consumeInt(0, 9) == 0;
          Connection connection = directory.open(now, wire);
          if (connection != null) {
            connections.add(connection);
          }
        }
        case 1 -> {
          if (!connections.isEmpty()) {
            int index = data.consumeInt(0, connections.size() - 1);
            directory.closed(now, connections.remove(index), data.consumeBoolean());
          }
        }
        case 2 -> directory.handleTimeout(now);
        default -> {
          if (!connections.isEmpty()) {
            int index = data.consumeInt(0, connections.size() - 1);
            String text = data.pickValue(BEGINNINGS) + data.consumeString(200);
            directory.receive(now, connections.get(index), text);
          }
        }
      }
    }
    for (Connection connection : connections) {
      directory.closed(now, connection, false);
    }
    for (int i = 0; i < 3; i++) {
      now += 4_000_000_000_000L;
      directory.handleTimeout(now);
    }
    if (!directory.occupancy().equals(new Directory.Occupancy(0, 0, 0, 0, 0, 0))) {
      throw new AssertionError("left behind: " + directory.occupancy());
    }
  }
}
