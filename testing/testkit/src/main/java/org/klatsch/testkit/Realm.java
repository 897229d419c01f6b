package org.klatsch.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// A network in which addresses are unique: the internet, or what stands behind a [Nat].
public final class Realm {
  private final Network network;
  private final @Nullable Realm outer;
  private @Nullable Nat gateway;
  private final Map<TransportAddress, Host> hosts = new HashMap<>();
  private final Map<TransportAddress, Nat> nats = new HashMap<>();

  Realm(Network network, @Nullable Realm outer) {
    this.network = network;
    this.outer = outer;
  }

  /// A host with one address and links of the given kind in both directions.
  public Host host(String literal, LinkOptions link) {
    return host(literal, link, link);
  }

  /// A host with one address; `up` carries what it sends, `down` what it receives.
  public Host host(String literal, LinkOptions up, LinkOptions down) {
    Host host = new Host(network, this, up, down);
    host.addAddress(literal);
    return host;
  }

  /// A host on a perfect link.
  public Host host(String literal) {
    return host(literal, LinkOptions.PERFECT);
  }

  /// A NAT whose outer side has the given address in this realm.
  public Nat nat(String externalLiteral, Nat.Options options, LinkOptions up, LinkOptions down) {
    TransportAddress external = TransportAddress.parse(externalLiteral, 0);
    Realm inside = new Realm(network, this);
    RandomGenerator random = network.random();
    Nat nat =
        new Nat(
            options, this, inside, external, new Link(up, random), new Link(down, random), random);
    inside.gateway = nat;
    claim(external);
    nats.put(external, nat);
    return nat;
  }

  /// A NAT on a perfect link.
  public Nat nat(String externalLiteral, Nat.Options options) {
    return nat(externalLiteral, options, LinkOptions.PERFECT, LinkOptions.PERFECT);
  }

  void add(TransportAddress address, Host host) {
    claim(address);
    hosts.put(address, host);
  }

  void remove(TransportAddress address) {
    hosts.remove(address);
  }

  void replaceNat(Nat nat, TransportAddress before, TransportAddress after) {
    claim(after);
    nats.remove(before);
    nats.put(after, nat);
  }

  private void claim(TransportAddress address) {
    if (hosts.containsKey(address) || nats.containsKey(address)) {
      throw new IllegalArgumentException("address " + address.host() + " is taken in this realm");
    }
  }

  @Nullable Nat gateway() {
    return gateway;
  }

  @Nullable Realm outer() {
    return outer;
  }

  private static TransportAddress hostOnly(TransportAddress address) {
    return address.withPort(0).withProtocol(TransportAddress.Protocol.UDP);
  }

  @Nullable Host hostAt(TransportAddress address) {
    return hosts.get(hostOnly(address));
  }

  @Nullable Nat natAt(TransportAddress address) {
    return nats.get(hostOnly(address));
  }
}
