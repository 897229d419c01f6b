package org.klatsch.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.klatsch.sansio.TransportAddress;

/// A machine in a [Realm], with one or more addresses that share its two links.
public final class Host {
  private static final int DISCARD_PORT = 9;
  private static final int FIRST_STREAM_PORT = 49_152;

  private final Network network;
  private final Realm realm;
  private final Link up;
  private final Link down;
  private final List<TransportAddress> addresses = new ArrayList<>();

  /// The ports of connections that were opened by sending from the discard port of TCP.
  private final Map<TransportAddress, Integer> streamPorts = new HashMap<>();

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

  /// Sends a UDP packet, or a frame of a TCP connection, which is never lost; the bytes are copied.
  ///
  /// @param source one of this host's addresses with a port; the discard port of TCP stands for a
  ///   port of its own for each destination
  public void send(
      long now,
      TransportAddress source,
      TransportAddress destination,
      int ecn,
      byte[] array,
      int offset,
      int length) {
    if (!has(source)) {
      return;
    }
    TransportAddress from = source;
    if (source.isTcp() && source.port() == DISCARD_PORT) {
      from =
          source.withPort(
              streamPorts.computeIfAbsent(
                  destination, d -> FIRST_STREAM_PORT + streamPorts.size()));
    }
    network.send(now, this, from, destination, ecn, array, offset, length);
  }

  /// What the owner of the connection knows a local address by.
  TransportAddress arrivedAt(TransportAddress destination) {
    return destination.isTcp() && streamPorts.containsValue(destination.port())
        ? destination.withPort(DISCARD_PORT)
        : destination;
  }

  private boolean has(TransportAddress address) {
    return (address.isTcp() || !blocksUdp)
        && addresses.contains(address.withPort(0).withProtocol(TransportAddress.Protocol.UDP));
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
    return has(destination);
  }
}
