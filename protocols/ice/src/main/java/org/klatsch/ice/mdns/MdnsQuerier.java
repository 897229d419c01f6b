package org.klatsch.ice.mdns;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.MalformedIceException;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Asks for the addresses of `.local` names, RFC 6762 §5, on every interface it is told of. One
/// serves all ICE agents of a process.
public final class MdnsQuerier implements PacketCore<MdnsEvent> {
  /// When questions are sent, in nanoseconds after the first: at least a second apart and growing,
  /// RFC 6762 §5.2. The last entry is when nobody is waited for any more.
  private static final long[] SCHEDULE = {0, 1_000_000_000L, 3_000_000_000L, 5_000_000_000L};

  private static final int MAX_NAME = 255;

  private static final class Query {
    final String name;
    final long startedAt;
    int step;

    /// Interfaces that this step's question has not gone out on.
    final List<TransportAddress> unsent = new ArrayList<>();

    Query(String name, long now) {
      this.name = name;
      this.startedAt = now;
    }

    long deadline() {
      return startedAt + SCHEDULE[step];
    }
  }

  private final int maxQueries;
  private final Map<String, Query> queries = new LinkedHashMap<>();
  private final List<TransportAddress> interfaces = new ArrayList<>();
  private final Queue<MdnsEvent> events = new ArrayDeque<>();
  private final PacketWriter writer = new PacketWriter(0);
  private long dropped;

  /// @param maxQueries how many names may be asked for at a time; further ones fail at once
  public MdnsQuerier(int maxQueries) {
    if (maxQueries < 1) {
      throw new IllegalArgumentException("maxQueries " + maxQueries + " must be at least 1");
    }
    this.maxQueries = maxQueries;
  }

  /// Adds an interface by the local address that questions are sent from. A port other than 5353
  /// makes them one-shot questions, which are answered by unicast, RFC 6762 §6.7.
  public void addInterface(TransportAddress local) {
    if (!interfaces.contains(local)) {
      interfaces.add(local);
    }
  }

  /// Forgets an interface.
  public void removeInterface(TransportAddress local) {
    interfaces.remove(local);
    for (Query query : queries.values()) {
      query.unsent.remove(local);
    }
  }

  /// Whether a name is one that ICE resolves: a single label before `.local`
  /// (draft-ietf-mmusic-mdns-ice-candidates §3.2.1).
  public static boolean isResolvable(String name) {
    return name.length() > 6
        && name.length() <= MAX_NAME
        && name.regionMatches(true, name.length() - 6, ".local", 0, 6)
        && name.indexOf('.') == name.length() - 6
        && name.length() - 6 <= 63;
  }

  /// Asks for a name; a question under way is shared.
  public void resolve(long now, String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (queries.containsKey(key)) {
      return;
    }
    if (!isResolvable(name) || queries.size() >= maxQueries) {
      events.add(new MdnsEvent.Resolved(name, null));
      return;
    }
    Query query = new Query(name, now);
    query.unsent.addAll(interfaces);
    query.step = 1;
    queries.put(key, query);
  }

  /// Packets that were no usable answer.
  public long dropped() {
    return dropped;
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    // RFC 6762 §6: an answer comes from port 5353, else it is not from a responder.
    if (remote.port() != MdnsMessage.PORT) {
      dropped++;
      return;
    }
    MdnsMessage message;
    try {
      message = MdnsMessage.parse(buffer, offset, length);
    } catch (MalformedIceException e) {
      dropped++;
      return;
    }
    if (!message.response()) {
      return; // Somebody else's question; this core publishes no names.
    }
    for (MdnsMessage.AddressRecord record : message.addresses()) {
      Query query = queries.get(record.name());
      if (query != null && record.timeToLiveSeconds() > 0) {
        queries.remove(record.name());
        TransportAddress address = record.address();
        if (address.isIpv6() && address.isLinkLocal()) {
          address = address.withScopeId(local.scopeId());
        }
        events.add(new MdnsEvent.Resolved(query.name, address));
      }
    }
  }

  @Override
  public void handleTimeout(long now) {
    for (Iterator<Query> all = queries.values().iterator(); all.hasNext(); ) {
      Query query = all.next();
      while (query.step < SCHEDULE.length && now >= query.deadline()) {
        query.step++;
        query.unsent.clear();
        query.unsent.addAll(interfaces);
      }
      if (query.step == SCHEDULE.length) {
        all.remove();
        events.add(new MdnsEvent.Resolved(query.name, null));
      }
    }
  }

  @Override
  public long nextTimeout() {
    long next = ProtocolCore.NEVER;
    for (Query query : queries.values()) {
      next = Math.min(next, query.deadline());
    }
    return next;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    for (Query query : queries.values()) {
      if (query.unsent.isEmpty()) {
        continue;
      }
      TransportAddress local = query.unsent.removeFirst();
      writer.reset(out.array(), out.position(), out.remaining());
      // The first question asks for a unicast answer, which is quicker, RFC 6762 §5.4.
      MdnsMessage.query(0, query.name, query.step == 1).write(writer);
      out.route(
          local,
          local.isIpv4()
              ? MdnsMessage.IPV4_GROUP
              : MdnsMessage.IPV6_GROUP.withScopeId(local.scopeId()));
      out.commit(writer.length());
      return true;
    }
    return false;
  }

  @Override
  public @Nullable MdnsEvent pollEvent() {
    return events.poll();
  }
}
