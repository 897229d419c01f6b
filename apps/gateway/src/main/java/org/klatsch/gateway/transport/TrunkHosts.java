package org.klatsch.gateway.transport;

import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Uri;

/// The addresses that trunks have at present, so that a message of one is known without asking DNS.
/// Thread-safe.
public final class TrunkHosts implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(TrunkHosts.class.getName());

  /// A provider that moves announces it for longer.
  private static final Duration REFRESH = Duration.ofMinutes(1);

  private record Host(Trunk trunk, TransportAddress address) {}

  private final List<Trunk> trunks;
  private volatile List<Host> hosts = List.of();
  private final CountDownLatch closed = new CountDownLatch(1);

  public TrunkHosts(Collection<Trunk> trunks) {
    this.trunks = List.copyOf(trunks);
  }

  /// Begins to look the trunks up: those that are addresses at once.
  public void start(SipTransports transports) {
    if (trunks.isEmpty()) {
      return;
    }
    refresh(transports, true);
    Thread.ofVirtual()
        .name("klatsch-sip-trunks")
        .start(() -> {
          try {
            do {
              refresh(transports, false);
            } while (!closed.await(REFRESH.toSeconds(), TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// @param literals whether names, which take time, are left out
  private void refresh(SipTransports transports, boolean literals) {
    List<Host> found = new ArrayList<>();
    for (Trunk trunk : trunks) {
      try {
        if (Uri.parse(trunk.uri()) instanceof SipUri uri && (!literals || isLiteral(uri))) {
          for (Flow flow : transports.resolveAll(uri)) {
            found.add(new Host(trunk, flow.remote()));
          }
        }
      } catch (UnknownHostException | MalformedSipException e) {
        LOGGER.log(Level.WARNING, "trunk {0} has no address: {1}", trunk.name(), e.getMessage());
        // Names that DNS does not answer just now keep what they had.
        hosts.stream().filter(host -> host.trunk.equals(trunk)).forEach(found::add);
      }
    }
    hosts = List.copyOf(found);
  }

  private static boolean isLiteral(SipUri uri) {
    String host = uri.host();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return TransportAddress.tryParse(bare, 0) != null;
  }

  /// The trunk at a flow's far end: one with its address and port before one with its address; null
  /// when there is none.
  public @Nullable Trunk trunk(Flow flow) {
    Trunk same = null;
    for (Host host : hosts) {
      if (host.address.hasSameHost(flow.remote())) {
        if (host.address.port() == flow.remote().port()) {
          return host.trunk;
        }
        same = same == null ? host.trunk : same;
      }
    }
    return same;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
