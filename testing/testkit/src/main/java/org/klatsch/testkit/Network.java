package org.klatsch.testkit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;

/// A network of hosts, links and NATs that carries UDP packets, and frames of TCP connections, in
/// the time it is told. Sans-IO: it reads no clock; [#poll] hands out what has arrived. The same
/// seed and the same calls give the same run.
public final class Network {
  /// How many NATs a packet may pass; more is a loop.
  private static final int MAX_HOPS = 16;

  /// A packet that has reached its host.
  ///
  /// @param at when it arrived, in nanoseconds
  public record Delivery(
      long at,
      Host host,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] packet) {}

  /// A packet on its way, at the place it reaches at [#at].
  private static final class Transit {
    final long order;
    final TransportAddress source;
    final TransportAddress destination;
    final int ecn;
    final byte[] packet;
    final long at;
    final Realm realm;
    final @Nullable Host arrivedAt;
    final int hops;

    Transit(
        long order,
        long at,
        Realm realm,
        @Nullable Host arrivedAt,
        TransportAddress source,
        TransportAddress destination,
        int ecn,
        byte[] packet,
        int hops) {
      this.order = order;
      this.at = at;
      this.realm = realm;
      this.arrivedAt = arrivedAt;
      this.source = source;
      this.destination = destination;
      this.ecn = ecn;
      this.packet = packet;
      this.hops = hops;
    }
  }

  private final RandomGenerator random;
  private final Realm internet = new Realm(this, null);
  private final PriorityQueue<Transit> underway =
      new PriorityQueue<>(
          Comparator.<Transit>comparingLong(t -> t.at).thenComparingLong(t -> t.order));
  private long order;
  private long unroutable;

  public Network(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /// The realm of public addresses.
  public Realm internet() {
    return internet;
  }

  RandomGenerator random() {
    return random;
  }

  /// Packets whose destination nobody has.
  public long unroutable() {
    return unroutable;
  }

  void send(
      long now,
      Host host,
      TransportAddress source,
      TransportAddress destination,
      int ecn,
      byte[] array,
      int offset,
      int length) {
    byte[] packet = Arrays.copyOfRange(array, offset, offset + length);
    cross(host.uplink(), now, host.realm(), null, source, destination, ecn, packet, 0);
  }

  /// When something happens next, or [ProtocolCore#NEVER].
  public long nextTimeout() {
    Transit first = underway.peek();
    return first == null ? ProtocolCore.NEVER : first.at;
  }

  /// The next packet that has arrived at or before `now`, or null.
  public @Nullable Delivery poll(long now) {
    while (true) {
      Transit transit = underway.peek();
      if (transit == null || transit.at > now) {
        return null;
      }
      underway.poll();
      Host host = transit.arrivedAt;
      if (host == null) {
        route(transit);
      } else if (host.accepts(transit.destination)) {
        return new Delivery(
            transit.at,
            host,
            host.arrivedAt(transit.destination),
            transit.source,
            transit.ecn,
            transit.packet);
      } else {
        unroutable++;
      }
    }
  }

  /// Moves a packet that stands in a realm one step on.
  private void route(Transit transit) {
    long now = transit.at;
    Realm realm = transit.realm;
    Host host = realm.hostAt(transit.destination);
    if (host != null) {
      cross(
          host.downlink(),
          now,
          realm,
          host,
          transit.source,
          transit.destination,
          transit.ecn,
          transit.packet,
          transit.hops);
      return;
    }
    Nat nat = realm.natAt(transit.destination);
    if (nat != null) {
      TransportAddress inner = nat.translateInbound(now, transit.source, transit.destination);
      if (inner != null && transit.hops < MAX_HOPS) {
        cross(
            nat.downlink(),
            now,
            nat.inside(),
            null,
            transit.source,
            inner,
            transit.ecn,
            transit.packet,
            transit.hops + 1);
      }
      return;
    }
    Nat gateway = realm.gateway();
    if (gateway == null || transit.hops >= MAX_HOPS) {
      unroutable++;
      return;
    }
    boolean hairpin = transit.destination.hasSameHost(gateway.externalAddress());
    if (hairpin && !gateway.hairpins()) {
      unroutable++;
      return;
    }
    TransportAddress external = gateway.translateOutbound(now, transit.source, transit.destination);
    if (external == null) {
      return;
    }
    if (hairpin) {
      TransportAddress inner = gateway.translateInbound(now, external, transit.destination);
      if (inner != null) {
        enqueue(now, realm, null, external, inner, transit.ecn, transit.packet, transit.hops + 1);
      }
      return;
    }
    cross(
        gateway.uplink(),
        now,
        gateway.outer(),
        null,
        external,
        transit.destination,
        transit.ecn,
        transit.packet,
        transit.hops + 1);
  }

  private void cross(
      Link link,
      long now,
      Realm realm,
      @Nullable Host arrivedAt,
      TransportAddress source,
      TransportAddress destination,
      int ecn,
      byte[] packet,
      int hops) {
    if (source.isTcp()) {
      long at = link.arrivalOfStream(now, packet.length);
      enqueue(at, realm, arrivedAt, source, destination, ecn, packet, hops);
      return;
    }
    long at = link.arrival(now, packet.length);
    if (at == Link.LOST) {
      return;
    }
    if (link.duplicates()) {
      long again = link.arrival(now, packet.length);
      if (again != Link.LOST) {
        enqueue(again, realm, arrivedAt, source, destination, ecn, packet.clone(), hops);
      }
    }
    link.corrupt(packet);
    enqueue(at, realm, arrivedAt, source, destination, ecn, packet, hops);
  }

  private void enqueue(
      long at,
      Realm realm,
      @Nullable Host arrivedAt,
      TransportAddress source,
      TransportAddress destination,
      int ecn,
      byte[] packet,
      int hops) {
    underway.add(
        new Transit(order++, at, realm, arrivedAt, source, destination, ecn, packet, hops));
  }
}
