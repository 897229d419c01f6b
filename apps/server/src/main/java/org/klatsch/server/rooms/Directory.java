package org.klatsch.server.rooms;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.media.MediaServer;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Permission;
import org.klatsch.server.tenants.Quotas;
import tools.jackson.databind.node.ObjectNode;

/// All rooms and transfers, and who is in them. One lock: every operation is a few map look-ups and
/// queueing strings, and an order that all members agree on is worth more here than parallelism.
/// Time is `long now` in nanoseconds.
public final class Directory {
  private static final int TRANSFER_DIGITS = 4;
  private static final int MAX_TRANSFER_DIGITS = 9;

  /// What one who comes is told of what was said before: what a page shows, and a tenth of what may
  /// wait for a reader.
  private static final int HISTORY_LINES = 200;

  private static final int HISTORY_CHARACTERS = 100_000;
  private final RoomLimits limits;
  private final RandomGenerator ids;
  private final SecureRandom tokens;
  private final BiFunction<String, String, List<IceServerEntry>> iceServers;
  private final MessageReader reader;
  private final DirectoryCounters counters;
  private final RoomServices services;

  private final Map<String, Source> sources = new HashMap<>();
  private final Map<String, Place> rooms = new HashMap<>();
  private final Map<String, Place> transfers = new HashMap<>();
  private final Map<String, Member> byResume = new HashMap<>();
  private final Set<Connection> connections = new HashSet<>();
  private long rememberedBytes;
  private boolean draining;

  /// Forwards the media of larger rooms; null where all are a mesh.
  private @Nullable ForwardedRooms media;

  /// @param ids makes ids of members and transfers, which need not be secret
  /// @param tokens makes what resumes a member
  /// @param iceServers from the server's name as the client sees it and the client's source to
  ///   servers of STUN servers
  /// @param services who decides and is told
  public Directory(
      RoomLimits limits,
      RandomGenerator ids,
      SecureRandom tokens,
      BiFunction<String, String, List<IceServerEntry>> iceServers,
      DirectoryCounters counters,
      RoomServices services) {
    this.services = services;
    this.limits = limits;
    this.ids = ids;
    this.tokens = tokens;
    this.iceServers = iceServers;
    this.counters = counters;
    this.reader = new MessageReader(limits.sizes().messageBytes());
  }

  /// A directory for itself.
  Directory(
      RoomLimits limits,
      RandomGenerator ids,
      SecureRandom tokens,
      BiFunction<String, String, List<IceServerEntry>> iceServers,
      DirectoryCounters counters) {
    this(limits, ids, tokens, iceServers, counters, RoomServices.NONE);
  }

  /// Has a server forward the media of rooms with more than two members, §10.
  ///
  /// @param clock the time of all calls
  public synchronized void forwardBy(MediaServer server, LongSupplier clock) {
    media = new ForwardedRooms(server, clock, this::tellOfMedia);
  }

  /// A new WebSocket. Null if it is refused, which the wire was told then.
  public synchronized @Nullable Connection open(long now, Wire wire) {
    if (draining) {
      refuse(wire, ErrorCode.DRAINING, "The server is being restarted.");
      return null;
    }
    if (connections.size() >= limits.counts().connections()) {
      refuse(wire, ErrorCode.TOO_MANY, "The server has too many connections.");
      return null;
    }
    Source source = sources.computeIfAbsent(wire.source(), s -> new Source(now, limits.rates()));
    if (source.connections >= limits.counts().connectionsPerSource()) {
      refuse(wire, ErrorCode.TOO_MANY, "Too many connections from your address.");
      return null;
    }
    source.connections++;
    var connection = new Connection(now, wire, source, limits.rates().messagesPerSecond());
    connections.add(connection);
    return connection;
  }

  /// A text message. Never throws, whatever it is.
  public void receive(long now, Connection connection, String text) {
    ClientMessage message;
    BadMessageException problem = null;
    try {
      message = reader.read(text);
    } catch (BadMessageException e) {
      problem = e;
      message = new ClientMessage.Leave();
    }
    ChatLine line = null;
    Place place = null;
    synchronized (this) {
      if (connection.ended) {
        return;
      }
      if (!connection.messages.take(now)) {
        end(now, connection, ErrorCode.RATE, "Too many messages.");
      } else if (problem != null) {
        end(now, connection, problem.code(), problem.text());
      } else if (message instanceof ClientMessage.Chat chat) {
        counters.received("chat");
        line = line(now, connection, chat);
        place = connection.member == null ? null : connection.member.place();
      } else {
        handle(now, connection, message);
      }
    }
    if (line != null && place != null) {
      say(now, place, line);
    }
  }

  // Chat, §8.

  private @Nullable ChatLine line(long now, Connection connection, ClientMessage.Chat chat) {
    Member from = connection.member;
    if (from == null) {
      end(now, connection, ErrorCode.NOT_JOINED, "Join first.");
      return null;
    }
    if (services.chat() == null || from.place().isTransfer()) {
      warn(now, connection, ErrorCode.NOT_KEPT, "Chat goes from member to member here.", null);
      return null;
    }
    if (!from.grants().permissions().contains(Permission.PUBLISH)) {
      warn(now, connection, ErrorCode.FORBIDDEN, "You may not write here.", null);
      return null;
    }
    return new ChatLine(0, from.id(), from.name(), chat.text(), System.currentTimeMillis());
  }

  /// Keeps a line and then tells it to everybody, its writer too, so that nobody has read what a
  /// crash forgets. The disk is written to outside of the lock.
  private ChatLine say(long now, Place place, ChatLine line) {
    ChatHistory history = services.chat();
    ChatLine kept = history == null ? line : history.add(place.tenant(), place.name(), line);
    synchronized (this) {
      for (Member member : List.copyOf(place.members())) {
        tell(now, member, ServerMessages.chat(kept));
      }
    }
    return kept;
  }

  private void handle(long now, Connection connection, ClientMessage message) {
    switch (message) {
      case ClientMessage.Join join -> {
        counters.received("join");
        if (connection.member != null) {
          end(now, connection, ErrorCode.JOINED_ALREADY, "Joined already.");
        } else {
          join(now, connection, join);
        }
      }
      case ClientMessage.Signal signal -> {
        counters.received("signal");
        Member from = connection.member;
        if (from == null) {
          end(now, connection, ErrorCode.NOT_JOINED, "Join first.");
        } else {
          relay(now, from, connection, signal);
        }
      }
      case ClientMessage.Media about -> {
        counters.received("media");
        Member from = connection.member;
        ForwardedRoom room = from == null ? null : from.place().forwarded();
        if (from == null) {
          end(now, connection, ErrorCode.NOT_JOINED, "Join first.");
        } else if (room != null) {
          room.receive(from.id(), about);
        }
      }
      case ClientMessage.Leave _ -> {
        counters.received("leave");
        depart(now, connection, LeaveReason.LEFT);
        connection.ended = true;
        connection.wire.close(CloseCode.NORMAL, "bye");
      }
      case ClientMessage.Ping ping -> {
        counters.received("ping");
        send(now, connection, ServerMessages.pong(ping.id()));
      }
      case ClientMessage.Chat _ -> throw new IllegalStateException("chat is handled before");
      case ClientMessage.Unknown _ -> {
        counters.received("unknown");
        warn(now, connection, ErrorCode.UNKNOWN_TYPE, "Unknown type of message.", null);
      }
    }
  }

  private void relay(long now, Member from, Connection connection, ClientMessage.Signal signal) {
    Member to = from.place().member(signal.to());
    if (to == null || to == from) {
      warn(now, connection, ErrorCode.NO_SUCH_MEMBER, "This member is not here.", signal.to());
    } else {
      tell(now, to, ServerMessages.signal(from, signal.body()));
    }
  }

  // Joining, §2.

  private void join(long now, Connection connection, ClientMessage.Join join) {
    if (!connection.source.joins.take(now)) {
      end(now, connection, ErrorCode.TOO_MANY, "Too many joins from your address.");
      return;
    }
    if (resume(now, connection, join)) {
      return;
    }
    Grants grants = admit(now, connection, join);
    if (grants == null) {
      return;
    }
    Place place =
        join.room() != null
            ? room(now, connection, grants.tenant(), join.room())
            : transfer(now, connection, grants.tenant(), join);
    if (place == null) {
      return;
    }
    List<Member> others = List.copyOf(place.members());
    var member =
        new Member(
            place,
            newMemberId(place),
            grants.name() == null ? join.name() : MessageReader.displayName(grants.name()),
            join.agent(),
            join.role(),
            grants,
            now,
            join.forwarding(),
            newToken(),
            connection);
    place.add(member);
    byResume.put(member.resume(), member);
    connection.member = member;
    counters.joined(place.isTransfer());
    welcome(now, connection, member, others, false);
    ObjectNode news = ServerMessages.memberJoined(member);
    for (Member other : others) {
      tell(now, other, news);
    }
    if (!place.isTransfer()) {
      if (others.isEmpty()) {
        services.observer().roomStarted(place.tenant(), place.name());
      }
      services.observer().memberJoined(place.tenant(), place.name(), member.information(now));
    }
    if (media != null) {
      media.joined(place, member);
    }
  }

  /// What the newcomer may do, or null if it may not come in, which it was told then.
  private @Nullable Grants admit(long now, Connection connection, ClientMessage.Join join) {
    try {
      Grants grants = services.doorkeeper().admit(join.token());
      Permission needed =
          join.role() == Role.SEND
                  || join.room() != null && !grants.permissions().contains(Permission.SUBSCRIBE)
              ? Permission.PUBLISH
              : Permission.SUBSCRIBE;
      if (join.room() != null) {
        grants.require(needed, join.room());
      } else if (!grants.permissions().contains(needed)) {
        throw AccessDeniedException.forbidden("The token does not allow to " + needed + ".");
      }
      return withinQuotas(grants, join);
    } catch (AccessDeniedException e) {
      ErrorCode code = e.status() == 401 ? ErrorCode.UNAUTHORIZED : ErrorCode.FORBIDDEN;
      end(now, connection, code, e.text());
      return null;
    }
  }

  private Grants withinQuotas(Grants grants, ClientMessage.Join join) throws AccessDeniedException {
    String tenant = grants.tenant();
    Quotas quotas = services.doorkeeper().quotas(tenant);
    if (quotas.equals(Quotas.NONE) || join.room() == null) {
      return grants;
    }
    int count = 0;
    int members = 0;
    for (Place room : rooms.values()) {
      if (room.tenant().equals(tenant)) {
        count++;
        members += room.members().size();
      }
    }
    if (members >= quotas.members()) {
      throw AccessDeniedException.quota("There are as many members as there may be.");
    }
    if (count >= quotas.rooms() && !rooms.containsKey(Place.key(tenant, join.room()))) {
      throw AccessDeniedException.quota("There are as many rooms as there may be.");
    }
    return grants;
  }

  private void unforward(long now, Place place, Member left) {
    ForwardedRooms rooms = media;
    if (rooms != null && rooms.left(place, left)) {
      for (Member member : place.members()) {
        tell(now, member, ServerMessages.mediaEnds());
      }
    }
  }

  /// Called by the event loop of the room's media; what is `kept` a member that is away gets later.
  private synchronized void tellOfMedia(
      long now, Place place, String id, ObjectNode message, boolean kept) {
    Member member = place.forwarded() == null ? null : place.member(id);
    Connection connection = member == null ? null : member.connection();
    if (member != null && kept) {
      tell(now, member, message);
    } else if (connection != null) {
      send(now, connection, ServerMessages.text(message));
    }
  }

  /// Brings an earlier member back, §5. False if that cannot be; then the earlier one is gone.
  private boolean resume(long now, Connection connection, ClientMessage.Join join) {
    Member member = join.resume() == null ? null : byResume.get(join.resume());
    if (member == null) {
      return false;
    }
    Place place = member.place();
    String asked = join.room() != null ? join.room() : join.transfer();
    if (!place.name().equals(asked) || member.role() != join.role()) {
      return false;
    }
    Connection earlier = member.connection();
    List<String> missed = member.since(join.received());
    if (missed == null) {
      if (earlier == null) {
        remove(now, member, LeaveReason.LOST);
      } else {
        end(now, earlier, ErrorCode.REPLACED, "Joined again.");
      }
      return false;
    }
    if (earlier != null) {
      earlier.member = null;
      end(now, earlier, ErrorCode.REPLACED, "Joined again.");
    }
    byResume.remove(member.resume());
    member.resumed(connection, newToken());
    byResume.put(member.resume(), member);
    connection.member = member;
    counters.resumed();
    var others = new ArrayList<>(place.members());
    others.remove(member);
    welcome(now, connection, member, others, true);
    for (String message : missed) {
      send(now, connection, message);
    }
    return true;
  }

  private @Nullable Place room(long now, Connection connection, String tenant, String name) {
    Place room = rooms.get(Place.key(tenant, name));
    if (room == null) {
      return newPlace(now, connection, rooms, limits.counts().rooms(), tenant, name, null);
    }
    if (room.members().size() >= limits.counts().members()) {
      String text = "This room has " + limits.counts().members() + " members already.";
      end(now, connection, ErrorCode.ROOM_FULL, text);
      return null;
    }
    return room;
  }

  private @Nullable Place transfer(
      long now, Connection connection, String tenant, ClientMessage.Join join) {
    Place transfer =
        join.transfer() == null ? null : transfers.get(Place.key(tenant, join.transfer()));
    if (join.role() == Role.SEND) {
      if (transfer == null) {
        String id = join.transfer() != null ? join.transfer() : newTransferId(tenant);
        int most = limits.counts().transfers();
        return newPlace(now, connection, transfers, most, tenant, id, join.key());
      }
      if (!transfer.opensWith(join.key())) {
        end(now, connection, ErrorCode.TRANSFER_TAKEN, "This transfer belongs to somebody else.");
        return null;
      }
      replace(now, transfer.holder(Role.SEND));
      return transfer;
    }
    // An address that asked for too many ids learns nothing about others either.
    if (!connection.source.failedLookups.ready(now)) {
      end(now, connection, ErrorCode.TOO_MANY, "Too many wrong codes from your address.");
      return null;
    }
    if (transfer == null) {
      boolean _ = connection.source.failedLookups.take(now);
      end(now, connection, ErrorCode.NO_SUCH_TRANSFER, "There is no such transfer.");
      return null;
    }
    Member receiver = transfer.holder(Role.RECEIVE);
    if (receiver != null && receiver.connection() != null) {
      end(now, connection, ErrorCode.TRANSFER_BUSY, "Somebody is receiving this transfer already.");
      return null;
    }
    replace(now, receiver);
    return transfer;
  }

  private void replace(long now, @Nullable Member member) {
    if (member == null) {
      return;
    }
    Connection earlier = member.connection();
    if (earlier != null) {
      end(now, earlier, ErrorCode.REPLACED, "This seat was taken again.");
    } else {
      remove(now, member, LeaveReason.REPLACED);
    }
  }

  private @Nullable Place newPlace(
      long now,
      Connection connection,
      Map<String, Place> places,
      int most,
      String tenant,
      String name,
      @Nullable String key) {
    if (places.size() >= most) {
      end(now, connection, ErrorCode.TOO_MANY, "The server is full.");
      return null;
    }
    if (connection.source.places >= limits.counts().placesPerSource()) {
      end(now, connection, ErrorCode.TOO_MANY, "Too many rooms opened from your address.");
      return null;
    }
    connection.source.places++;
    var place = new Place(now, tenant, name, key, connection.source);
    places.put(place.key(), place);
    return place;
  }

  private void welcome(
      long now, Connection connection, Member member, List<Member> others, boolean resumed) {
    List<IceServerEntry> servers =
        iceServers.apply(connection.wire.requestHost(), connection.wire.source());
    send(
        now,
        connection,
        ServerMessages.welcome(
            member.place(), member, others, resumed, servers, history(member, resumed), limits));
  }

  /// The latest lines for one who comes, as many as are small together; null if none are kept here.
  private @Nullable List<ChatLine> history(Member member, boolean resumed) {
    ChatHistory chat = services.chat();
    Place place = member.place();
    if (chat == null || place.isTransfer()) {
      return null;
    }
    if (resumed || !member.grants().permissions().contains(Permission.SUBSCRIBE)) {
      return List.of();
    }
    List<ChatLine> lines = chat.lines(place.tenant(), place.name(), 0, HISTORY_LINES);
    int from = lines.size();
    int length = 0;
    while (from > 0 && length + lines.get(from - 1).text().length() <= HISTORY_CHARACTERS) {
      from--;
      length += lines.get(from).text().length();
    }
    return lines.subList(from, lines.size());
  }

  private String newMemberId(Place place) {
    byte[] bytes = new byte[6];
    String id;
    do {
      ids.nextBytes(bytes);
      id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    } while (place.member(id) != null);
    return id;
  }

  private String newToken() {
    byte[] bytes = new byte[16];
    tokens.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// As short as leaves three of four ids unused, so that an id is found at once and a mistyped one
  /// rarely exists.
  private String newTransferId(String tenant) {
    int digits = TRANSFER_DIGITS;
    int space = 10_000;
    while (transfers.size() >= space / 4 && digits < MAX_TRANSFER_DIGITS) {
      digits++;
      space *= 10;
    }
    String id;
    do {
      id = Integer.toString(space + ids.nextInt(space)).substring(1);
    } while (transfers.containsKey(Place.key(tenant, id)));
    return id;
  }

  // Leaving.

  /// The WebSocket is gone.
  ///
  /// @param goodbye whether the client closed it on purpose, with 1000 or 1001
  public synchronized void closed(long now, Connection connection, boolean goodbye) {
    if (!connections.remove(connection)) {
      return;
    }
    connection.source.connections--;
    Member member = connection.member;
    if (member != null) {
      if (goodbye) {
        depart(now, connection, LeaveReason.LEFT);
      } else {
        connection.member = null;
        member.lost(now);
      }
    }
    connection.ended = true;
  }

  private void depart(long now, Connection connection, LeaveReason reason) {
    Member member = connection.member;
    if (member != null) {
      connection.member = null;
      remove(now, member, reason);
    }
  }

  private void remove(long now, Member member, LeaveReason reason) {
    byResume.remove(member.resume());
    rememberedBytes -= member.rememberedBytes();
    Place place = member.place();
    place.remove(now, member);
    if (!place.isTransfer()) {
      MemberInformation gone = member.information(now);
      services.observer().memberLeft(place.tenant(), place.name(), gone, reason.toString());
    }
    unforward(now, place, member);
    if (place.members().isEmpty() && !place.isTransfer()) {
      removePlace(rooms, place);
      services.observer().roomEnded(place.tenant(), place.name());
      return;
    }
    ObjectNode news = ServerMessages.memberLeft(member, reason);
    for (Member other : List.copyOf(place.members())) {
      tell(now, other, news);
    }
  }

  private static void removePlace(Map<String, Place> places, Place place) {
    if (places.remove(place.key(), place)) {
      place.openedBy().places--;
    }
  }

  // Sending.

  /// A numbered message that is remembered in case the connection is lost.
  private void tell(long now, Member member, ObjectNode message) {
    message.put("seq", member.nextSeq());
    String text = ServerMessages.text(message);
    rememberedBytes += member.remember(text, limits.sizes());
    Connection connection = member.connection();
    if (connection != null) {
      send(now, connection, text);
    } else if (rememberedBytes > limits.sizes().heldBytes()) {
      remove(now, member, LeaveReason.LOST);
    }
  }

  private void send(long now, Connection connection, String text) {
    if (!connection.ended && !connection.wire.send(text)) {
      connection.ended = true;
      counters.error(ErrorCode.SLOW);
      depart(now, connection, LeaveReason.SLOW);
      connection.wire.close(ErrorCode.SLOW.closeCode(), ErrorCode.SLOW.toString());
    }
  }

  private void warn(
      long now, Connection connection, ErrorCode code, String text, @Nullable String member) {
    counters.error(code);
    send(now, connection, ServerMessages.error(code, text, member));
  }

  /// Ends a connection with a fatal error.
  private void end(long now, Connection connection, ErrorCode code, String text) {
    connection.ended = true;
    refuse(connection.wire, code, text);
    depart(
        now, connection, code == ErrorCode.REPLACED ? LeaveReason.REPLACED : LeaveReason.REMOVED);
  }

  private void refuse(Wire wire, ErrorCode code, String text) {
    counters.error(code);
    boolean _ = wire.send(ServerMessages.error(code, text, null));
    wire.close(code.closeCode(), code.toString());
  }

  // From outside.

  /// The rooms of a tenant, or all if it is null, by name.
  public synchronized List<RoomInformation> rooms(long now, @Nullable String tenant) {
    return rooms.values().stream()
        .filter(room -> tenant == null || room.tenant().equals(tenant))
        .map(room -> room.information(now))
        .sorted(Comparator.comparing(RoomInformation::tenant).thenComparing(RoomInformation::name))
        .toList();
  }

  /// A room, null if nobody is there.
  public synchronized @Nullable RoomInformation room(long now, String tenant, String name) {
    Place room = rooms.get(Place.key(tenant, name));
    return room == null ? null : room.information(now);
  }

  /// Sends a member away. False if it is not there.
  public synchronized boolean remove(long now, String tenant, String name, String id) {
    Place room = rooms.get(Place.key(tenant, name));
    Member member = room == null ? null : room.member(id);
    if (member == null) {
      return false;
    }
    Connection connection = member.connection();
    if (connection == null) {
      remove(now, member, LeaveReason.REMOVED);
    } else {
      end(now, connection, ErrorCode.REMOVED, "You were sent away.");
    }
    return true;
  }

  /// Sends everybody away. False if nobody is there.
  public synchronized boolean end(long now, String tenant, String name) {
    Place room = rooms.get(Place.key(tenant, name));
    if (room == null) {
      return false;
    }
    for (Member member : List.copyOf(room.members())) {
      boolean _ = remove(now, tenant, name, member.id());
    }
    return true;
  }

  /// Asks a member's page to switch sources off. False if it is not there.
  public synchronized boolean mute(
      long now, String tenant, String name, String id, List<String> sources) {
    Place room = rooms.get(Place.key(tenant, name));
    Member member = room == null ? null : room.member(id);
    if (member == null) {
      return false;
    }
    tell(now, member, ServerMessages.mute(sources));
    return true;
  }

  /// Whether a room may be called so.
  public static boolean isRoomName(String name) {
    return MessageReader.isRoomName(name);
  }

  /// Says something to everybody in a room, whether anybody is there or not.
  ///
  /// @throws IllegalArgumentException if the text is empty or too long
  public ChatLine say(long now, String tenant, String name, String speaker, String text) {
    String clean = MessageReader.chatText(text);
    if (clean.isEmpty() || clean.length() > MessageReader.MAX_CHAT) {
      throw new IllegalArgumentException(
          "a text of " + clean.length() + " characters, expected 1 to " + MessageReader.MAX_CHAT);
    }
    Place room;
    synchronized (this) {
      room = rooms.get(Place.key(tenant, name));
    }
    var line =
        new ChatLine(0, "", MessageReader.displayName(speaker), clean, System.currentTimeMillis());
    if (room != null) {
      return say(now, room, line);
    }
    ChatHistory history = services.chat();
    return history == null ? line : history.add(tenant, name, line);
  }

  // Time.

  /// Gives up what waited too long. To be called about every second.
  public synchronized void handleTimeout(long now) {
    RoomLimits.Times times = limits.times();
    for (Connection connection : List.copyOf(connections)) {
      if (connection.member == null
          && !connection.ended
          && now - connection.openedAt > times.joinTimeout().toNanos()) {
        end(now, connection, ErrorCode.JOIN_TIMEOUT, "No join in time.");
      }
    }
    for (Member member : List.copyOf(byResume.values())) {
      if (member.awayLongerThan(now, times.resumeWindow().toNanos())) {
        remove(now, member, LeaveReason.LOST);
      }
    }
    for (Place room : List.copyOf(rooms.values())) {
      endIfAlone(now, room);
    }
    for (Place transfer : List.copyOf(transfers.values())) {
      endIfAlone(now, transfer);
      if (transfer.orphanLongerThan(now, times.transferLifetime().toNanos())) {
        removePlace(transfers, transfer);
        for (Member member : List.copyOf(transfer.members())) {
          Connection connection = member.connection();
          if (connection != null) {
            end(now, connection, ErrorCode.NO_SUCH_TRANSFER, "The sender did not come back.");
          } else {
            remove(now, member, LeaveReason.LOST);
          }
        }
      }
    }
    sources.values().removeIf(source -> source.forgettable(now));
  }

  private void endIfAlone(long now, Place place) {
    if (place.aloneLongerThan(now, limits.times().aloneTimeout().toNanos())) {
      for (Member member : List.copyOf(place.members())) {
        Connection connection = member.connection();
        if (connection != null) {
          end(now, connection, ErrorCode.IDLE, "Nobody came.");
        }
      }
    }
  }

  /// Sends everybody away and lets nobody in any more.
  public synchronized void drain() {
    draining = true;
    for (Connection connection : connections) {
      if (!connection.ended) {
        connection.ended = true;
        refuse(connection.wire, ErrorCode.DRAINING, "The server is being restarted.");
      }
    }
  }

  /// How much of everything there is, for metrics.
  public synchronized Occupancy occupancy() {
    return new Occupancy(
        connections.size(),
        rooms.size(),
        transfers.size(),
        byResume.size(),
        sources.size(),
        rememberedBytes);
  }

  /// @param sources strangers known at the moment
  /// @param rememberedBytes messages kept for members to resume
  public record Occupancy(
      int connections, int rooms, int transfers, int members, int sources, long rememberedBytes) {}
}
