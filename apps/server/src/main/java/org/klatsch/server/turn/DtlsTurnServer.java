package org.klatsch.server.turn;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DropReason;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.dtls.DtlsEvent;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.DtlsRole;
import org.klatsch.dtls.HelloVerification;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.Work;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerEvent;

/// A TURN server whose clients may come over DTLS, RFC 7350: on the ports that it listens on, the
/// first byte of a packet tells DTLS from TURN (RFC 7983 §7). DTLS is taken off before the TURN
/// server sees a packet, and put on what it sends to such a client; in the clear nothing more is
/// taken from its address then.
///
/// Nothing is kept of a client that has not shown, by a cookie, to receive at its address. A
/// protocol core as all others; costly work goes to whoever drives it.
final class DtlsTurnServer implements PacketCore<TurnServerEvent> {
  /// The name of TURN for ALPN, RFC 7443 §3.
  private static final String TURN_PROTOCOL = "stun.turn";

  /// RFC 7983 §7: the first byte of DTLS.
  private static final int FIRST_OF_DTLS = 20;

  private static final int LAST_OF_DTLS = 63;

  /// Where the type of a handshake message stands behind the header of its record.
  private static final int MESSAGE_TYPE = 13;

  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int COOKIE_SECRET_LENGTH = 32;
  private static final long SECOND = 1_000_000_000L;
  private static final long COOKIE_SECRET_NANOS = 3_600 * SECOND;

  /// ClientHellos of strangers that are looked at: each costs some hashing.
  private static final int HELLOS_PER_SECOND = 1_000;

  /// Every flight waits as long as STUN does at first, as nobody knows the path yet, RFC 8489
  /// §6.2.1.
  private static final Duration RETRANSMISSION = Duration.ofMillis(500);

  private static final int UDP_HEADERS = 28;
  private static final int MAX_ANSWER = 1_200;

  /// Alerts and requests for cookies that wait for the socket.
  private static final int MAX_ANSWERS = 256;

  /// Runs costly work on another thread, or at once.
  interface Worker {
    /// @param done takes the time when the work has run, on the core's thread
    void perform(Work work, LongConsumer done);
  }

  /// An association.
  private final class Client {
    final TransportAddress local;
    final TransportAddress remote;
    final DtlsConnection dtls;

    /// The next one from the same remote address.
    @Nullable Client next;

    /// When it ends unless it gets an allocation; [#NEVER] while it has one.
    long deadline;

    /// When it is looked at next.
    long due = NEVER;

    boolean hasOutput;
    boolean closed;

    Client(TransportAddress local, TransportAddress remote, DtlsConnection dtls, long deadline) {
      this.local = local;
      this.remote = remote;
      this.dtls = dtls;
      this.deadline = deadline;
    }

    void receive(long now, byte[] data, int offset, int length) {
      core.handleSecured(now, local, remote, data, offset, length);
    }
  }

  private record Due(long at, Client client) {}

  /// What a stranger is told.
  private record Answer(TransportAddress local, TransportAddress remote, byte[] packet) {}

  private final TurnServer core;
  private final StreamLimits limits;
  private final SecureRandom random;
  private final Worker worker;
  private final Set<TransportAddress> listening = new HashSet<>();
  private final Map<TransportAddress, Client> clients = new HashMap<>();
  private final Map<TransportAddress, Integer> perSource = new HashMap<>();
  private final PriorityQueue<Due> dues = new PriorityQueue<>(Comparator.comparingLong(Due::at));
  private final Queue<Client> withOutput = new ArrayDeque<>();
  private final Queue<Answer> answers = new ArrayDeque<>();
  private final TransmitBuffer answer = new TransmitBuffer(4, MAX_ANSWER);
  private final byte[] cookieSecret = new byte[COOKIE_SECRET_LENGTH];
  private byte[] plain = new byte[2_048];
  private @Nullable DtlsCertificate certificate;
  private long cookieSecretUntil;
  private long helloSecondSince;
  private int hellosInSecond;
  private long lastNow;
  private int size;
  private long refused;
  private long dropped;

  DtlsTurnServer(TurnServer core, StreamLimits limits, SecureRandom random, Worker worker) {
    this.core = core;
    this.limits = limits;
    this.random = random;
    this.worker = worker;
  }

  /// Shows this certificate to clients that come from now on; null: there is no DTLS.
  void certificate(@Nullable DtlsCertificate shown) {
    certificate = shown;
  }

  /// Expects clients at an address, as opposed to peers at relayed ones.
  void listen(TransportAddress local) {
    listening.add(local);
  }

  /// Clients that there are now.
  int size() {
    return size;
  }

  /// Clients refused for a limit.
  long refused() {
    return refused;
  }

  /// Packets dropped: in the clear from clients over DTLS, DTLS of nobody, and what could not be
  /// sent.
  long dropped() {
    return dropped;
  }

  /// Says goodbye to all clients.
  void close(long now) {
    for (Client first : List.copyOf(clients.values())) {
      for (Client client = first; client != null; client = client.next) {
        client.dtls.close(now);
        takeEvents(now, client);
      }
    }
  }

  private @Nullable Client find(TransportAddress local, TransportAddress remote) {
    Client found = clients.get(remote);
    while (found != null && !found.local.equals(local)) {
      found = found.next;
    }
    return found;
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
    lastNow = now;
    int first = length == 0 ? 0 : buffer[offset] & 0xff;
    if (certificate != null
        && first >= FIRST_OF_DTLS
        && first <= LAST_OF_DTLS
        && listening.contains(local)) {
      handleDtls(now, local, remote, buffer, offset, length);
    } else if (size > 0 && find(local, remote) != null) {
      // Whoever forges its address must not speak for it.
      dropped++;
    } else {
      core.handlePacket(now, local, remote, ecn, buffer, offset, length);
    }
  }

  private void handleDtls(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    Client client = find(local, remote);
    if (client != null) {
      client.dtls.handlePacket(now, buffer, offset, length, client::receive);
      takeEvents(now, client);
    } else if (isClientHello(buffer, offset, length) && mayAnswer(now)) {
      meet(now, local, remote, buffer, offset, length);
    } else {
      dropped++;
    }
  }

  private static boolean isClientHello(byte[] buffer, int offset, int length) {
    return length > MESSAGE_TYPE
        && buffer[offset] == HANDSHAKE
        && buffer[offset + MESSAGE_TYPE] == CLIENT_HELLO;
  }

  private boolean mayAnswer(long now) {
    if (now - helloSecondSince >= SECOND) {
      helloSecondSince = now;
      hellosInSecond = 0;
    }
    return ++hellosInSecond <= HELLOS_PER_SECOND;
  }

  /// A ClientHello of a stranger: without a cookie it is answered and forgotten.
  private void meet(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    DtlsConnection dtls = new DtlsConnection(options(now, remote), random);
    dtls.start(now);
    dtls.handlePacket(now, buffer, offset, length, (at, data, from, count) -> dropped++);
    if (dtls.isClosed() || dtls.statistics().dropped(DropReason.COOKIE_REQUIRED) > 0) {
      // An alert, to a client of version 1.0 for example, or the request for a cookie.
      answerHello(now, local, remote, dtls, length);
      return;
    }
    DtlsEvent event = dtls.pollEvent();
    if (event == null) {
      // A part of a ClientHello: nothing is kept for a stranger.
      dropped++;
      return;
    }
    TransportAddress source = RelayStreams.source(remote);
    int ofSource = perSource.getOrDefault(source, 0);
    if (size >= limits.streams() || ofSource >= limits.streamsPerSource()) {
      refused++;
      return;
    }
    Client client = new Client(local, remote, dtls, now + limits.patience().toNanos());
    client.next = clients.put(remote, client);
    perSource.put(source, ofSource + 1);
    size++;
    take(now, client, event);
    takeEvents(now, client);
  }

  private DtlsOptions options(long now, TransportAddress remote) {
    if (now >= cookieSecretUntil || cookieSecretUntil == 0) {
      random.nextBytes(cookieSecret);
      cookieSecretUntil = now + COOKIE_SECRET_NANOS;
    }
    DtlsCertificate shown = certificate;
    if (shown == null) {
      throw new IllegalStateException("there is no certificate");
    }
    byte[] host = remote.addressBytes();
    byte[] address = new byte[host.length + 2];
    System.arraycopy(host, 0, address, 0, host.length);
    address[host.length] = (byte) (remote.port() >>> 8);
    address[host.length + 1] = (byte) remote.port();
    return DtlsOptions.builder(DtlsRole.SERVER)
        .certificates(shown)
        .peerAuthentication(DtlsOptions.PeerAuthentication.NONE)
        .srtpProfiles(List.of())
        .applicationProtocols(TURN_PROTOCOL)
        .initialRetransmission(RETRANSMISSION)
        .handshakeTimeout(limits.patience())
        .helloVerification(new HelloVerification(cookieSecret, address))
        .build();
  }

  /// Sends what a stranger is told, if it is no amplification: at most 1.6 times what came, as with
  /// everything that strangers get.
  private void answerHello(
      long now,
      TransportAddress local,
      TransportAddress remote,
      DtlsConnection dtls,
      int requestLength) {
    answer.clear();
    answer.route(local, remote);
    int total = 0;
    while (!answer.isFull() && dtls.pollTransmit(now, answer)) {
      total += answer.packetLength(answer.packetCount() - 1) + UDP_HEADERS;
    }
    if (10 * total > 16 * (requestLength + UDP_HEADERS)) {
      dropped++;
      return;
    }
    for (int i = 0; i < answer.packetCount() && answers.size() < MAX_ANSWERS; i++) {
      int at = answer.packetOffset(i);
      byte[] packet = Arrays.copyOfRange(answer.array(), at, at + answer.packetLength(i));
      answers.add(new Answer(local, remote, packet));
    }
  }

  private void takeEvents(long now, Client client) {
    for (DtlsEvent event = client.dtls.pollEvent();
        event != null;
        event = client.dtls.pollEvent()) {
      take(now, client, event);
    }
    if (!client.hasOutput) {
      client.hasOutput = true;
      withOutput.add(client);
    }
  }

  private void take(long now, Client client, DtlsEvent event) {
    switch (event) {
      case DtlsEvent.WorkRequested requested ->
          worker.perform(
              requested.work(),
              later -> {
                client.dtls.handleWorkDone(later, requested.work());
                takeEvents(later, client);
              });
      case DtlsEvent.HandshakeCompleted _ -> client.dtls.deliverEarlyData(now, client::receive);
      case DtlsEvent.Closed _ -> {
        client.closed = true;
        core.clientGone(client.local, client.remote);
      }
      case DtlsEvent.AlertReceived _ -> {
        // One that matters is followed by the end.
      }
    }
  }

  private void forget(Client client) {
    Client first = clients.get(client.remote);
    if (first == client) {
      Client second = client.next;
      if (second == null) {
        clients.remove(client.remote);
      } else {
        clients.put(client.remote, second);
      }
    } else {
      while (first != null && first.next != client) {
        first = first.next;
      }
      if (first == null) {
        return;
      }
      first.next = client.next;
    }
    size--;
    perSource.computeIfPresent(
        RelayStreams.source(client.remote), (key, count) -> count > 1 ? count - 1 : null);
  }

  private void schedule(Client client) {
    long next = Math.min(client.deadline, client.dtls.nextTimeout());
    if (next < client.due) {
      client.due = next;
      dues.add(new Due(next, client));
    }
  }

  @Override
  public void handleTimeout(long now) {
    lastNow = now;
    core.handleTimeout(now);
    for (Due due = dues.peek(); due != null && due.at() <= now; due = dues.peek()) {
      dues.poll();
      Client client = due.client();
      if (due.at() != client.due || client.closed) {
        continue;
      }
      client.due = NEVER;
      client.dtls.handleTimeout(now);
      if (now >= client.deadline) {
        client.dtls.close(now);
      }
      takeEvents(now, client);
    }
  }

  @Override
  public long nextTimeout() {
    if (!withOutput.isEmpty() || !answers.isEmpty()) {
      return 0;
    }
    Due due = dues.peek();
    return due == null ? core.nextTimeout() : Math.min(due.at(), core.nextTimeout());
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (out.isFull()) {
      return false;
    }
    Answer first = answers.poll();
    if (first != null) {
      out.route(first.local(), first.remote());
      System.arraycopy(first.packet(), 0, out.array(), out.position(), first.packet().length);
      out.commit(first.packet().length);
      return true;
    }
    for (Client client = withOutput.peek(); client != null; client = withOutput.peek()) {
      out.route(client.local, client.remote);
      if (client.dtls.pollTransmit(now, out)) {
        return true;
      }
      withOutput.poll();
      client.hasOutput = false;
      if (client.closed) {
        forget(client);
      } else {
        schedule(client);
      }
    }
    if (!core.pollTransmit(now, out)) {
      return false;
    }
    if (size > 0 && out.packetCount() > 0) {
      protectLast(out);
    }
    return true;
  }

  /// Encrypts the last packet if it is for a client over DTLS.
  private void protectLast(TransmitBuffer out) {
    int last = out.packetCount() - 1;
    TransportAddress local = out.packetLocal(last);
    TransportAddress remote = out.packetRemote(last);
    Client client = local == null || remote == null ? null : find(local, remote);
    if (client == null) {
      return;
    }
    int length = out.retract();
    if (length > plain.length) {
      plain = new byte[length];
    }
    System.arraycopy(out.array(), out.position(), plain, 0, length);
    if (length > client.dtls.maxApplicationData(TransmitBuffer.MAX_UDP_PAYLOAD)
        || !client.dtls.protect(plain, 0, length, out)) {
      dropped++;
    }
    schedule(client);
  }

  @Override
  public @Nullable TurnServerEvent pollEvent() {
    TurnServerEvent event = core.pollEvent();
    if (size > 0) {
      switch (event) {
        case TurnServerEvent.Allocated made when !made.stream() -> {
          Client client = find(made.server(), made.client());
          if (client != null) {
            client.deadline = NEVER;
          }
        }
        case TurnServerEvent.Released ended when !ended.stream() -> {
          Client client = find(ended.server(), ended.client());
          if (client != null && !client.closed) {
            // It may allocate anew, but not stay without doing so.
            client.deadline = lastNow + limits.patience().toNanos();
            schedule(client);
          }
        }
        case null, default -> {}
      }
    }
    return event;
  }
}
