package org.klatsch.rooms;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.Access;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCIceCandidateInit;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescription;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A member of a room or transfer: signalling with the server and a connection to each other
/// member. It comes back by itself when the server or a connection was lost.
/// `docs/rooms-protocol.md`.
public final class RoomClient implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final URI server;
  private final RoomOptions options;
  private final RoomListener listener;
  private final BiFunction<Optional<byte[]>, Optional<byte[]>, Optional<Access>> access;
  private final SecureRandom random = new SecureRandom();
  private final HttpClient http;

  /// The client's own thread; everything below is confined to it.
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("klatsch-room").factory());

  /// Tells the listener, in order.
  private final ExecutorService listeners =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("klatsch-room-events").factory());

  private final Map<String, RoomMember> members = new LinkedHashMap<>();
  private Seat seat;
  private List<RTCIceServer> iceServers = List.of();
  private @Nullable Signalling signalling;
  private @Nullable String resume;
  private String self = "";
  private boolean keepsChat;
  private long received;
  private long lostSince;
  private long wait;
  private boolean closed;

  private RoomClient(
      URI server,
      Seat seat,
      RoomOptions options,
      RoomListener listener,
      BiFunction<Optional<byte[]>, Optional<byte[]>, Optional<Access>> access) {
    this.server = server;
    this.seat = seat;
    this.options = options;
    this.listener = listener;
    this.access = access;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(options.connectTimeout());
    if (options.tls() != null) {
      builder.sslContext(options.tls());
    }
    http = builder.build();
  }

  /// Joins a room, whose members talk to each other without a code.
  public static RoomClient join(
      URI server, Seat.Room seat, RoomOptions options, RoomListener listener) {
    return start(server, seat, options, listener, (_, _) -> Optional.of(new Access.Room()));
  }

  /// Joins; returns at once, and tells the listener what happens.
  ///
  /// @param access what a new connection is allowed, from the fingerprints of both ends; empty ends
  ///   it
  static RoomClient start(
      URI server,
      Seat seat,
      RoomOptions options,
      RoomListener listener,
      BiFunction<Optional<byte[]>, Optional<byte[]>, Optional<Access>> access) {
    RoomClient client = new RoomClient(server, seat, options, listener, access);
    client.run(client::connect);
    return client;
  }

  /// Those who are there.
  public List<RoomMember> members() {
    return CompletableFuture.supplyAsync(() -> List.copyOf(members.values()), thread).join();
  }

  /// Says goodbye and closes all connections.
  @Override
  public void close() {
    try {
      CompletableFuture.runAsync(this::shutDown, thread).orTimeout(10, TimeUnit.SECONDS).join();
    } catch (RejectedExecutionException e) {
      // Closed already.
    }
  }

  // For the members.

  RoomOptions options() {
    return options;
  }

  RoomListener listener() {
    return listener;
  }

  SecureRandom random() {
    return random;
  }

  Optional<Access> access(Optional<byte[]> ownFingerprint, Optional<byte[]> peerFingerprint) {
    return access.apply(ownFingerprint, peerFingerprint);
  }

  /// A connection to a member, with the servers that are known now.
  RTCPeerConnection newConnection() {
    List<RTCIceServer> all = new ArrayList<>(options.iceServers());
    all.addAll(iceServers);
    RTCConfiguration configuration = new RTCConfiguration().withIceServers(all);
    PeerConnectionFactory connections = options.connections();
    return connections == null
        ? new RTCPeerConnection(configuration)
        : connections.createPeerConnection(configuration);
  }

  /// Runs a step on the client's thread, behind all before it.
  void run(Runnable step) {
    try {
      thread.execute(() -> {
        try {
          if (!closed) {
            step.run();
          }
        } catch (DOMException e) {
          System.getLogger(RoomClient.class.getName())
              .log(System.Logger.Level.WARNING, "a connection could not be made", e);
          fail("failed", String.valueOf(e.getMessage()));
        }
      });
    } catch (RejectedExecutionException e) {
      // The client is closed: there is nobody left to do it.
    }
  }

  /// Tells the listener on a thread that may block.
  void tell(Consumer<RoomListener> event) {
    listeners.execute(() -> event.accept(listener));
  }

  void sendDescription(String to, int connection, RTCSessionDescription description) {
    ObjectNode signal = signal(to, connection);
    signal
        .putObject("description")
        .put("type", description.type().toString())
        .put("sdp", description.sdp());
    send(signal);
  }

  void sendCandidate(String to, int connection, @Nullable RTCIceCandidateInit candidate) {
    ObjectNode signal = signal(to, connection);
    if (candidate == null) {
      signal.putNull("candidate");
    } else {
      ObjectNode entry = signal.putObject("candidate").put("candidate", candidate.candidate());
      entry.put("sdpMid", candidate.sdpMid());
      entry.put("sdpMLineIndex", candidate.sdpMLineIndex());
      entry.put("usernameFragment", candidate.usernameFragment());
    }
    send(signal);
  }

  void sendReset(String to, int connection) {
    send(signal(to, connection).put("reset", true));
  }

  // On the client's thread.

  private void connect() {
    try {
      signalling = Signalling.open(http, server, options, new Owner(), this::run);
      wait = 0;
      send(joining());
    } catch (Signalling.UnreachableException e) {
      if (e.permanent || wait == 0 && lostSince == 0) {
        // The first try tells whoever started us at once.
        fail("unreachable", String.valueOf(e.getMessage()));
      } else if (System.nanoTime() - lostSince > options.giveUp().toNanos()) {
        fail("unreachable", String.valueOf(e.getMessage()));
      } else {
        connectLater();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connectLater() {
    wait = Math.clamp(2 * wait, FIRST_WAIT.toMillis(), LONGEST_WAIT.toMillis());
    // Clients of a server that comes back must not all come at the same moment.
    long jittered = wait / 2 + random.nextLong(wait / 2 + 1);
    CompletableFuture.delayedExecutor(jittered, TimeUnit.MILLISECONDS, this::run)
        .execute(this::connect);
  }

  private ObjectNode joining() {
    ObjectNode join = JSON.createObjectNode().put("type", "join").put("agent", options.agent());
    switch (seat) {
      case Seat.Room room -> join.put("room", room.room()).put("name", room.name());
      case Seat.Send send -> {
        join.put("role", "send").put("key", send.key());
        if (send.transfer() != null) {
          join.put("transfer", send.transfer());
        }
      }
      case Seat.Receive receive -> join.put("role", "receive").put("transfer", receive.transfer());
    }
    if (resume != null) {
      join.put("resume", resume).put("received", received);
    }
    return join;
  }

  private final class Owner implements Signalling.Owner {
    @Override
    public void messageReceived(String text) {
      handle(text);
    }

    @Override
    public void closed(int code, String reason) {
      signalling = null;
      switch (code) {
        case 1000, 1003, 1008, 1009 -> fail("closed", "the server closed the connection " + reason);
        default -> {
          lostSince = System.nanoTime();
          tell(RoomListener::serverLost);
          // At once the first time, `docs/rooms-protocol.md` §5.
          connect();
        }
      }
    }
  }

  private void handle(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (JacksonException e) {
      return;
    }
    if (message.path("seq").isIntegralNumber()) {
      received = message.path("seq").longValue();
    }
    switch (message.path("type").asString("")) {
      case "welcome" -> handleWelcome(message);
      case "member-joined" -> handleJoined(message.path("member"), false);
      case "member-left" -> {
        RoomMember member = members.remove(message.path("id").asString(""));
        if (member != null) {
          member.close();
          String reason = message.path("reason").asString("");
          tell(to -> to.memberLeft(member, reason));
        }
      }
      case "signal" -> handleSignal(message);
      case "chat" -> handleChat(message, false);
      case "error" -> {
        if (message.path("fatal").asBoolean(false)
            && !message.path("code").asString("").equals("draining")) {
          fail(message.path("code").asString("error"), message.path("message").asString(""));
        }
      }
      default -> {
        // Of a later version.
      }
    }
  }

  private void handleWelcome(JsonNode welcome) {
    resume = welcome.path("resume").asString("");
    List<RTCIceServer> servers = new ArrayList<>();
    for (JsonNode entry : welcome.path("iceServers")) {
      List<String> urls =
          entry.path("urls").isArray()
              ? entry.path("urls").valueStream().map(JsonNode::asString).toList()
              : List.of(entry.path("urls").asString(""));
      servers.add(
          new RTCIceServer(urls, optional(entry, "username"), optional(entry, "credential")));
    }
    iceServers = servers;
    if (welcome.path("resumed").asBoolean(false)) {
      return;
    }
    received = 0;
    for (RoomMember member : members.values()) {
      member.close();
      tell(to -> to.memberLeft(member, "lost"));
    }
    members.clear();
    String transfer = welcome.path("transfer").asString("");
    if (seat instanceof Seat.Send send) {
      seat = new Seat.Send(send.key(), transfer);
    }
    String place = seat instanceof Seat.Room room ? room.room() : transfer;
    JsonNode others = welcome.path("members");
    String id = welcome.path("self").path("id").asString("");
    self = id;
    int count = others.size();
    tell(to -> to.joined(id, place, count));
    for (JsonNode other : others) {
      handleJoined(other, true);
    }
    keepsChat = welcome.path("chat").isArray();
    for (JsonNode line : welcome.path("chat")) {
      handleChat(line, true);
    }
  }

  private void handleChat(JsonNode line, boolean before) {
    String from = line.path("from").asString("");
    String name = line.path("name").asString("");
    String text = line.path("text").asString("");
    long time = line.path("time").asLong(0);
    if (before || !from.equals(self)) {
      tell(to -> to.lineReceived(name, from, text, time, before));
    }
  }

  /// Says something to everybody by way of the server, which keeps it for those who come later.
  /// False if this server keeps nothing, or cannot be reached: then it can be said to each member
  /// by [RoomMember#peer].
  public boolean say(String text) {
    return CompletableFuture.supplyAsync(
            () -> {
              Signalling open = signalling;
              if (!keepsChat || open == null) {
                return false;
              }
              open.send(JSON.createObjectNode().put("type", "chat").put("text", text).toString());
              return true;
            },
            thread)
        .join();
  }

  private void handleJoined(JsonNode entry, boolean newcomer) {
    String id = entry.path("id").asString("");
    RoomMember member = new RoomMember(this, id, entry.path("name").asString(""), newcomer);
    RoomMember before = members.put(id, member);
    if (before != null) {
      before.close();
    }
    tell(to -> to.memberJoined(member));
    if (newcomer) {
      member.connect();
    }
  }

  private void handleSignal(JsonNode signal) {
    RoomMember member = members.get(signal.path("from").asString(""));
    if (member == null) {
      return;
    }
    int connection = signal.path("connection").asInt(0);
    JsonNode description = signal.path("description");
    JsonNode candidate = signal.path("candidate");
    try {
      if (description.isObject()) {
        member.handleDescription(
            connection,
            new RTCSessionDescriptionInit(
                RTCSdpType.of(description.path("type").asString("")),
                description.path("sdp").asString("")));
      } else if (candidate.isObject()) {
        JsonNode index = candidate.path("sdpMLineIndex");
        member.handleCandidate(
            connection,
            new RTCIceCandidateInit(
                candidate.path("candidate").asString(""),
                optional(candidate, "sdpMid"),
                index.isInt() ? Integer.valueOf(index.intValue()) : null,
                optional(candidate, "usernameFragment")));
      } else if (signal.path("reset").asBoolean(false)) {
        member.handleReset(connection);
      }
    } catch (DOMException e) {
      // Nonsense from another member costs its own connection only.
      System.getLogger(RoomClient.class.getName())
          .log(System.Logger.Level.DEBUG, "bad signal from " + member, e);
    }
  }

  private static @Nullable String optional(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isString() ? value.stringValue() : null;
  }

  private static ObjectNode signal(String to, int connection) {
    return JSON.createObjectNode()
        .put("type", "signal")
        .put("to", to)
        .put("connection", connection);
  }

  private void send(ObjectNode message) {
    if (signalling != null) {
      signalling.send(message.toString());
    }
  }

  private void fail(String code, String message) {
    if (!closed) {
      tell(to -> to.failed(code, message));
      shutDown();
    }
  }

  private void shutDown() {
    if (closed) {
      return;
    }
    closed = true;
    members.values().forEach(RoomMember::close);
    members.clear();
    if (signalling != null) {
      send(JSON.createObjectNode().put("type", "leave"));
      signalling.close();
    }
    thread.shutdown();
    listeners.shutdown();
    http.shutdownNow();
  }
}
