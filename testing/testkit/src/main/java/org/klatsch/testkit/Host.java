package org.klatsch.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.klatsch.sansio.TransportAddress;

/// A machine in a [Realm], with one or more addresses that share its two links.
public final class Host {
  private final Network network;
  private final Realm realm;
  private final Link up;
  private final Link down;
  private final List<TransportAddress> addresses = new ArrayList<>();
  private boolean blocksUdp;

  Host(Network network, Realm realm, LinkOptions up, LinkOptions down) {
    this.network = network;
    this.realm = realm;
    this.up = new Link(up, network.random());
    this.down = new Link(down, network.random());
  }

  /// Gives the host a further address.
  public Host addAddress(String literal) {
    TransportAddress address = TransportAddress.parse(literal, 0);
    realm.add(address, this);
    addresses.add(address);
    return this;
  }

  /// Takes an address away, as when an interface goes down: packets from and to it vanish.
  public void removeAddress(String literal) {
    TransportAddress address = TransportAddress.parse(literal, 0);
    realm.remove(address);
    addresses.remove(address);
  }

  /// A firewall on this host that lets no UDP in or out.
  public Host blockUdp(boolean on) {
    blocksUdp = on;
    return this;
  }

  /// Sends a UDP packet; the bytes are copied.
  ///
  /// @param source one of this host's addresses with a port
  public void send(
      long now,
      TransportAddress source,
      TransportAddress destination,
      int ecn,
      byte[] array,
      int offset,
      int length) {
    if (!blocksUdp && addresses.contains(source.withPort(0))) {
      network.send(now, this, source, destination, ecn, array, offset, length);
    }
  }

  /// The first address, with a port.
  public TransportAddress address(int port) {
    return addresses.getFirst().withPort(port);
  }

  /// All addresses, port 0.
  public List<TransportAddress> addresses() {
    return Collections.unmodifiableList(addresses);
  }

  public Realm realm() {
    return realm;
  }

  /// The link that carries what this host sends.
  public Link uplink() {
    return up;
  }

  /// The link that carries what this host receives.
  public Link downlink() {
    return down;
  }

  boolean accepts(TransportAddress destination) {
    return !blocksUdp && addresses.contains(destination.withPort(0));
  }
}
