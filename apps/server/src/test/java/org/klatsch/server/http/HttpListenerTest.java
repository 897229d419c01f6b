package org.klatsch.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.RoomServices;

final class HttpListenerTest {
  @TempDir Path data;

  @Test
  void takesAnotherPortAfterGivingOneBack() throws Exception {
    ServerOptions options = ServerOptions.of(0, data);
    var admin = new AdminAccess("admin", "a password", null);
    var metrics = new Metrics();
    var random = new SecureRandom();
    var directory =
        new Directory(
            options.limits(), random, random, (_, _) -> List.of(), metrics, RoomServices.NONE);
    var sockets = new SignalSockets(directory, options.limits(), List.of());
    var listener =
        new HttpListener(
            options.host(),
            options.trustForwarded(),
            options.limits(),
            null,
            sockets,
            metrics,
            (_, _) -> List.of(),
            new Inspection(null, admin),
            admin,
            List.of(),
            "test");
    assertThat(listener.bind(0)).isPositive();
    listener.unbind();
    assertThat(listener.bind(0)).isPositive();
    listener.unbind();
  }
}
