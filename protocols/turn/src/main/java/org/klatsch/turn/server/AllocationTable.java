package org.klatsch.turn.server;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;

/// All allocations, by client and by relayed address, with their ports, quotas and ends.
final class AllocationTable {
  /// Random ports tried before the server counts as full.
  private static final int PORT_ATTEMPTS = 64;

  /// A reserved port waits so long for its allocation, RFC 8656 §7.2.
  private static final long RESERVATION_NANOS = 30_000_000_000L;

  private static final int MAX_RESERVATIONS = 256;
  private static final int TOKEN_LENGTH = 8;

  /// Not worth looking for.
  private static final int FEW_PAST_EXPIRIES = 64;

  private record Expiry(long at, Allocation allocation) {}

  /// A port held for a second allocation.
  private record Reservation(
      byte[] token, TransportAddress address, String username, long expiresAt) {}

  private final TurnServerOptions options;
  private final RelayPorts ports;
  private final SecureRandom random;
  private final Map<TransportAddress, Allocation> overUdp = new HashMap<>();
  private final Map<TransportAddress, Allocation> overStreams = new HashMap<>();
  private final Map<TransportAddress, Allocation> byRelay = new HashMap<>();
  private final Map<String, Integer> perUser = new HashMap<>();
  private final List<Reservation> reservations = new ArrayList<>();
  private final PriorityQueue<Expiry> expiries =
      new PriorityQueue<>(Comparator.comparingLong(Expiry::at));
  private @Nullable TcpRelayPorts tcpPorts;
  private int size;

  /// Entries of [#expiries] whose allocation is gone.
  private int pastExpiries;

  AllocationTable(TurnServerOptions options, RelayPorts ports, SecureRandom random) {
    this.options = options;
    this.ports = ports;
    this.random = random;
  }

  int size() {
    return size;
  }

  /// The allocation of a 5-tuple, or null.
  @Nullable Allocation find(boolean stream, TransportAddress server, TransportAddress client) {
    Allocation found = (stream ? overStreams : overUdp).get(client);
    while (found != null && !found.server.equals(server)) {
      found = found.next;
    }
    return found;
  }

  /// The allocation that has this relayed address, or null.
  @Nullable Allocation atRelay(TransportAddress relayed) {
    return byRelay.get(relayed);
  }

  boolean isUserFull(String quotaName) {
    return perUser.getOrDefault(quotaName, 0) >= options.maxAllocationsPerUser();
  }

  boolean isFull() {
    return size >= options.maxAllocations();
  }

  void tcpPorts(TcpRelayPorts other) {
    tcpPorts = other;
  }

  /// Opens a relay port at random, so that nobody can guess it. One of TCP if `host` is.
  ///
  /// @param even whether its number is to be even, RFC 8656 §18.7
  @Nullable TransportAddress open(TransportAddress host, boolean even) {
    int first = even ? options.firstRelayPort() + 1 & ~1 : options.firstRelayPort();
    int step = even ? 2 : 1;
    int choices = (options.lastRelayPort() - first) / step + 1;
    for (int i = 0; i < PORT_ATTEMPTS && choices > 0 && first <= options.lastRelayPort(); i++) {
      TransportAddress address = host.withPort(first + step * random.nextInt(choices));
      if (!byRelay.containsKey(address) && openPort(address)) {
        return address;
      }
    }
    return null;
  }

  private boolean openPort(TransportAddress address) {
    TcpRelayPorts tcp = tcpPorts;
    return address.isTcp() ? tcp != null && tcp.listen(address) : ports.open(address);
  }

  void close(TransportAddress address) {
    TcpRelayPorts tcp = tcpPorts;
    if (!address.isTcp()) {
      ports.close(address);
    } else if (tcp != null) {
      tcp.unlisten(address);
    }
  }

  /// Opens an even port and the one above, which is kept for 30 s under a token.
  ///
  /// @return the token, or null when there is no such pair
  byte @Nullable [] reserveAbove(long now, TransportAddress even, String username) {
    int above = even.port() + 1;
    if (above > options.lastRelayPort() || reservations.size() >= MAX_RESERVATIONS) {
      return null;
    }
    TransportAddress address = even.withPort(above);
    if (byRelay.containsKey(address) || !ports.open(address)) {
      return null;
    }
    byte[] token = new byte[TOKEN_LENGTH];
    random.nextBytes(token);
    reservations.add(new Reservation(token, address, username, now + RESERVATION_NANOS));
    return token;
  }

  /// Takes the port kept under a token; only for the user it was kept for.
  @Nullable TransportAddress claim(byte[] token, String username) {
    for (Iterator<Reservation> all = reservations.iterator(); all.hasNext(); ) {
      Reservation reservation = all.next();
      if (Arrays.equals(reservation.token(), token) && reservation.username().equals(username)) {
        all.remove();
        return reservation.address();
      }
    }
    return null;
  }

  void add(Allocation allocation) {
    Map<TransportAddress, Allocation> clients = allocation.stream ? overStreams : overUdp;
    allocation.next = clients.put(allocation.client, allocation);
    for (TransportAddress address : allocation.relayed) {
      byRelay.put(address, allocation);
    }
    perUser.merge(allocation.quotaName, 1, Integer::sum);
    size++;
    note(allocation);
  }

  private void note(Allocation allocation) {
    allocation.notedEnd = allocation.expiresAt;
    expiries.add(new Expiry(allocation.expiresAt, allocation));
  }

  /// Lets an allocation go and closes its ports.
  void remove(Allocation allocation) {
    Map<TransportAddress, Allocation> clients = allocation.stream ? overStreams : overUdp;
    Allocation head = clients.get(allocation.client);
    if (head == allocation) {
      Allocation rest = allocation.next;
      if (rest == null) {
        clients.remove(allocation.client);
      } else {
        clients.put(allocation.client, rest);
      }
    } else {
      while (head != null && head.next != allocation) {
        head = head.next;
      }
      if (head != null) {
        head.next = allocation.next;
      }
    }
    for (TransportAddress address : allocation.relayed) {
      byRelay.remove(address);
      close(address);
    }
    perUser.computeIfPresent(allocation.quotaName, (name, used) -> used > 1 ? used - 1 : null);
    size--;
    // Not in the table any more: its entry among the ends means nothing.
    allocation.expiresAt = Long.MIN_VALUE;
    if (++pastExpiries > FEW_PAST_EXPIRIES && pastExpiries > expiries.size() / 2) {
      expiries.removeIf(expiry -> expiry.allocation().expiresAt == Long.MIN_VALUE);
      pastExpiries = 0;
    }
  }

  /// Gives back one of two relayed addresses.
  void removeRelay(Allocation allocation, TransportAddress address) {
    allocation.relayed.remove(address);
    byRelay.remove(address);
    close(address);
  }

  List<Allocation> all() {
    List<Allocation> all = new ArrayList<>();
    for (Map<TransportAddress, Allocation> clients : List.of(overUdp, overStreams)) {
      for (Allocation head : clients.values()) {
        for (Allocation each = head; each != null; each = each.next) {
          all.add(each);
        }
      }
    }
    return all;
  }

  /// Ends that are noted, of allocations that have gone too.
  int expiryCount() {
    return expiries.size();
  }

  /// An allocation whose time is over, or null.
  @Nullable Allocation pollExpired(long now) {
    while (true) {
      Expiry earliest = expiries.peek();
      if (earliest == null || earliest.at() > now) {
        return null;
      }
      expiries.poll();
      Allocation allocation = earliest.allocation();
      if (allocation.expiresAt == Long.MIN_VALUE) {
        pastExpiries = Math.max(0, pastExpiries - 1);
        continue;
      }
      if (allocation.expiresAt <= now) {
        return allocation;
      }
      // It was refreshed since.
      if (earliest.at() == allocation.notedEnd) {
        note(allocation);
      }
    }
  }

  /// Moves the end of an allocation.
  void extend(Allocation allocation, long expiresAt) {
    allocation.expiresAt = expiresAt;
    if (expiresAt < allocation.notedEnd) {
      note(allocation);
    }
  }

  void expireReservations(long now) {
    for (Iterator<Reservation> all = reservations.iterator(); all.hasNext(); ) {
      Reservation reservation = all.next();
      if (reservation.expiresAt() <= now) {
        all.remove();
        ports.close(reservation.address());
      }
    }
  }

  long nextTimeout() {
    Expiry earliest = expiries.peek();
    long next = earliest == null ? ProtocolCore.NEVER : earliest.at();
    for (Reservation reservation : reservations) {
      next = Math.min(next, reservation.expiresAt());
    }
    return next;
  }

  void closeReservations() {
    expireReservations(Long.MAX_VALUE);
  }
}
