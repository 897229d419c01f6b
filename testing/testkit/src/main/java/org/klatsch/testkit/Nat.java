package org.klatsch.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// A network address translator between an inner realm and the realm it stands in, described as RFC
/// 4787 does: by its mapping and its filtering. Made by [Realm#nat].
public final class Nat {
  /// How an internal endpoint is mapped to an external port, RFC 4787 §4.1; and which packets from
  /// outside are let in, RFC 4787 §5.
  public enum Behavior {
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT
  }

  /// @param mapping how external ports are chosen
  /// @param filtering which packets from outside are let in
  /// @param hairpinning whether inner hosts reach each other's external endpoints, RFC 4787 §6
  /// @param lifetime how long a mapping lives without an outbound packet; RFC 4787 §4.3 asks for at
  ///   least two minutes
  /// @param blocksUdp whether no UDP passes at all
  public record Options(
      Behavior mapping,
      Behavior filtering,
      boolean hairpinning,
      Duration lifetime,
      boolean blocksUdp) {
    private static Options of(Behavior mapping, Behavior filtering) {
      return new Options(mapping, filtering, true, Duration.ofMinutes(2), false);
    }

    public static final Options FULL_CONE =
        of(Behavior.ENDPOINT_INDEPENDENT, Behavior.ENDPOINT_INDEPENDENT);
    public static final Options RESTRICTED_CONE =
        of(Behavior.ENDPOINT_INDEPENDENT, Behavior.ADDRESS_DEPENDENT);
    public static final Options PORT_RESTRICTED_CONE =
        of(Behavior.ENDPOINT_INDEPENDENT, Behavior.ADDRESS_AND_PORT_DEPENDENT);
    public static final Options SYMMETRIC =
        of(Behavior.ADDRESS_AND_PORT_DEPENDENT, Behavior.ADDRESS_AND_PORT_DEPENDENT);

    /// Any pairing of mapping and filtering, hairpinning on, two minutes.
    public static Options behaving(Behavior mapping, Behavior filtering) {
      return of(mapping, filtering);
    }

    public Options hairpinning(boolean on) {
      return new Options(mapping, filtering, on, lifetime, blocksUdp);
    }

    public Options lifetime(Duration newLifetime) {
      return new Options(mapping, filtering, hairpinning, newLifetime, blocksUdp);
    }

    public Options blocksUdp(boolean on) {
      return new Options(mapping, filtering, hairpinning, lifetime, on);
    }
  }

  /// An internal endpoint and what of the destination the mapping depends on.
  private record Key(TransportAddress internal, @Nullable TransportAddress destination) {}

  private static final class Mapping {
    final Key key;
    final int externalPort;
    final Set<TransportAddress> permitted = new HashSet<>();
    long lastOutbound;

    Mapping(Key key, int externalPort) {
      this.key = key;
      this.externalPort = externalPort;
    }
  }

  private final Options options;
  private final Realm outer;
  private final Realm inner;
  private final Link up;
  private final Link down;
  private final RandomGenerator random;
  private final Map<Key, Mapping> byKey = new HashMap<>();
  private final Map<Integer, Mapping> byPort = new HashMap<>();
  private TransportAddress external;
  private long filtered;

  Nat(
      Options options,
      Realm outer,
      Realm inner,
      TransportAddress external,
      Link up,
      Link down,
      RandomGenerator random) {
    this.options = options;
    this.outer = outer;
    this.inner = inner;
    this.external = external;
    this.up = up;
    this.down = down;
    this.random = random;
  }

  /// The realm behind this NAT; its hosts may use any addresses.
  public Realm inside() {
    return inner;
  }

  /// The present external IP address, port 0.
  public TransportAddress externalAddress() {
    return external;
  }

  /// Packets from outside that no mapping or permission let in.
  public long filtered() {
    return filtered;
  }

  /// The link towards the outer realm.
  public Link uplink() {
    return up;
  }

  /// The link from the outer realm.
  public Link downlink() {
    return down;
  }

  /// Gives the NAT another external address and forgets all mappings, as after a reconnect.
  public void changeAddress(String literal) {
    outer.replaceNat(this, external, TransportAddress.parse(literal, 0));
    external = TransportAddress.parse(literal, 0);
    byKey.clear();
    byPort.clear();
  }

  /// Forgets all mappings, as after a reboot.
  public void forgetMappings() {
    byKey.clear();
    byPort.clear();
  }

  Realm outer() {
    return outer;
  }

  /// The external source of a packet that leaves, or null when it is blocked.
  @Nullable TransportAddress translateOutbound(
      long now, TransportAddress source, TransportAddress destination) {
    if (options.blocksUdp() && !source.isTcp()) {
      return null;
    }
    Key key =
        new Key(
            source,
            switch (options.mapping()) {
              case ENDPOINT_INDEPENDENT -> null;
              case ADDRESS_DEPENDENT -> destination.withPort(0);
              case ADDRESS_AND_PORT_DEPENDENT -> destination;
            });
    Mapping mapping = byKey.get(key);
    if (mapping != null && expired(now, mapping)) {
      remove(mapping);
      mapping = null;
    }
    if (mapping == null) {
      mapping = new Mapping(key, freePort(now));
      byKey.put(key, mapping);
      byPort.put(mapping.externalPort, mapping);
    }
    mapping.lastOutbound = now;
    mapping.permitted.add(permission(destination));
    return external.withPort(mapping.externalPort).withProtocol(source.protocol());
  }

  /// The internal destination of a packet that arrives from outside, or null when it is filtered.
  @Nullable TransportAddress translateInbound(
      long now, TransportAddress source, TransportAddress destination) {
    Mapping mapping = byPort.get(destination.port());
    if (mapping != null && expired(now, mapping)) {
      remove(mapping);
      mapping = null;
    }
    if (mapping == null
        || mapping.key.internal().protocol() != destination.protocol()
        || options.blocksUdp() && !destination.isTcp()
        || !mapping.permitted.contains(permission(source))) {
      filtered++;
      return null;
    }
    return mapping.key.internal();
  }

  boolean hairpins() {
    return options.hairpinning();
  }

  private TransportAddress permission(TransportAddress remote) {
    return switch (options.filtering()) {
      case ENDPOINT_INDEPENDENT -> TransportAddress.ofIpv4(0, 0);
      case ADDRESS_DEPENDENT -> remote.withPort(0);
      case ADDRESS_AND_PORT_DEPENDENT -> remote;
    };
  }

  private boolean expired(long now, Mapping mapping) {
    return now - mapping.lastOutbound > options.lifetime().toNanos();
  }

  private void remove(Mapping mapping) {
    byKey.remove(mapping.key);
    byPort.remove(mapping.externalPort);
  }

  private int freePort(long now) {
    for (int attempt = 0; attempt < 100_000; attempt++) {
      int port = 1024 + random.nextInt(64_512);
      Mapping taken = byPort.get(port);
      if (taken != null && expired(now, taken)) {
        remove(taken);
        taken = null;
      }
      if (taken == null) {
        return port;
      }
    }
    throw new IllegalStateException("the NAT has no free port, " + byPort.size() + " mappings");
  }
}
