package org.klatsch.server.media;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.KeyType;
import org.klatsch.net.EventLoop;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.net.SharedPortOptions;
import org.klatsch.sansio.TransportAddress;

/// The event loops and the one UDP port of all legs. Thread-safe.
///
/// ```java
/// Leg leg = media.leg(listener);
/// String answer = leg.answer(offer).join();
/// ```
public final class MediaServer implements AutoCloseable {
  /// What browsers give their own certificates; the server makes another when it starts anew.
  private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(365);

  private static final Duration BACKDATED = Duration.ofDays(1);

  private final MediaOptions options;
  private final NetworkDriver network;
  private final SharedPort port;
  private final DtlsCertificate certificate;
  private final SecureRandom random = new SecureRandom();
  private final Set<Leg> legs = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private MediaServer(MediaOptions options, NetworkDriver network, SharedPort port) {
    this.options = options;
    this.network = network;
    this.port = port;
    Instant now = Instant.now();
    certificate =
        DtlsCertificate.generate(
            KeyType.ECDSA_P256, now.minus(BACKDATED), now.plus(CERTIFICATE_LIFETIME), random);
  }

  /// Opens the port. With a loopback host it is open on the machine's other addresses too, as far
  /// as it is free there: browsers use no loopback addresses.
  ///
  /// @param host a wildcard means every address of this machine
  /// @param number 0 takes a free one
  /// @throws BindException when the port is taken
  public static MediaServer start(String host, int number, MediaOptions options)
      throws IOException {
    NetworkDriver network = new NetworkDriver(options.loops());
    try {
      return new MediaServer(options, network, open(network, host, number));
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static SharedPort open(NetworkDriver network, String host, int number)
      throws IOException {
    TransportAddress wanted = TransportAddress.of(InetAddress.getByName(host).getAddress(), 0);
    List<TransportAddress> all = new ArrayList<>();
    if (!wanted.isAnyLocal()) {
      all.add(wanted);
    }
    if (wanted.isAnyLocal() || wanted.isLoopback()) {
      boolean ipv6 = wanted.isIpv6() || wanted.isLoopback();
      InterfaceFilter filter = InterfaceFilter.DEFAULT.withLoopback(wanted.isAnyLocal());
      for (LocalAddress each : LocalInterfaces.list(filter)) {
        TransportAddress address = each.address();
        if (!address.isLinkLocal() && (ipv6 || address.isIpv4()) && !all.contains(address)) {
          all.add(address);
        }
      }
    }
    if (all.isEmpty()) {
      throw new IOException("this machine has no address to listen on");
    }
    try {
      return network.openSharedPort(all, number, SharedPortOptions.DEFAULT);
    } catch (BindException e) {
      if (wanted.isAnyLocal() || all.size() == 1) {
        throw e;
      }
      return network.openSharedPort(List.of(wanted), number, SharedPortOptions.DEFAULT);
    }
  }

  /// A new leg, on the next loop.
  ///
  /// @throws IllegalStateException when there are as many as the options allow, or after the end
  public Leg leg(LegListener listener) {
    return leg(nextLoop(), listener);
  }

  /// The loop for the next ones that belong together: each in turn.
  public EventLoop nextLoop() {
    return port.nextLoop();
  }

  /// A new leg beside others on their loop.
  ///
  /// @throws IllegalStateException when there are as many as the options allow, or after the end
  public Leg leg(EventLoop loop, LegListener listener) {
    if (closed || legs.size() >= options.maxLegs()) {
      throw new IllegalStateException(
          closed ? "the server is closed" : "maxLegs " + options.maxLegs() + " reached");
    }
    Leg leg = new Leg(this, loop, listener);
    legs.add(leg);
    return leg;
  }

  /// The UDP port of all legs; others may [SharedPort#route] their packets from it.
  public SharedPort port() {
    return port;
  }

  public MediaOptions options() {
    return options;
  }

  /// Tells legs made from now on of a TCP port that connections are given to the port from.
  ///
  /// @param host where it listens; a wildcard means all addresses of the UDP port
  public void acceptsStreams(String host, int tcpPort) throws IOException {
    TransportAddress wanted = TransportAddress.of(InetAddress.getByName(host).getAddress(), 0);
    port.acceptsAt(
        port.locals().stream()
            .filter(local -> wanted.isAnyLocal() || local.withPort(0).equals(wanted))
            .map(local -> local.withPort(tcpPort))
            .toList());
  }

  /// How many legs there are.
  public int legs() {
    return legs.size();
  }

  DtlsCertificate certificate() {
    return certificate;
  }

  SecureRandom random() {
    return random;
  }

  void ended(Leg leg) {
    legs.remove(leg);
  }

  /// Closes all legs, the port and the loops.
  @Override
  public void close() {
    closed = true;
    legs.forEach(Leg::close);
    port.close();
    network.close();
  }
}
