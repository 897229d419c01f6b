package org.klatsch.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.turn.RelaySettings;

/// Our TURN server behind the command line of `peers/relay`.
public final class RelayBench {
  private RelayBench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String address = "";
    String user = "";
    String password = "";
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--server" -> address = arguments[i + 1];
        case "--user" -> user = arguments[i + 1];
        case "--password" -> password = arguments[i + 1];
        default -> {
          // The realm and the mode are what they are.
        }
      }
    }
    int colon = address.lastIndexOf(':');
    try (Relay _ =
        Relay.start(
            address.substring(0, colon),
            Integer.parseInt(address.substring(colon + 1)),
            RelaySettings.DEFAULT
                .withUser(user, password)
                .withAllowedPeers(List.of(AddressPrefix.parse("127.0.0.0/8"))))) {
      new CountDownLatch(1).await();
    }
  }
}
