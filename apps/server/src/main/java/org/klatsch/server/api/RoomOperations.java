package org.klatsch.server.api;

import static org.klatsch.server.api.Operation.Scope.TENANT;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.rooms.ChatHistory;
import org.klatsch.server.rooms.ChatLine;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.MemberInformation;
import org.klatsch.server.rooms.RoomInformation;
import org.klatsch.server.store.StoreException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Rooms, their members and what was said in them.
public final class RoomOperations implements OperationGroup {
  private static final int MOST_MESSAGES = 1_000;

  private final Directory directory;
  private final @Nullable ChatHistory chat;
  private final LongSupplier time;

  /// @param chat null if none is kept
  /// @param time of the directory
  public RoomOperations(Directory directory, @Nullable ChatHistory chat, LongSupplier time) {
    this.directory = directory;
    this.chat = chat;
    this.time = time;
  }

  @Override
  public List<Operation> operations() {
    String room = "/api/v1/rooms/{room}";
    String member = room + "/members/{member}";
    String messages = room + "/messages";
    return List.of(
        new Operation(
            "GET",
            "/api/v1/rooms",
            TENANT,
            "Rooms with somebody in them; for the administrator without tenant those of all",
            null,
            200,
            "Rooms",
            this::list),
        new Operation("GET", room, TENANT, "A room", null, 200, "Room", this::get),
        new Operation("DELETE", room, TENANT, "Send everybody away", null, 204, null, this::end),
        new Operation(
            "GET",
            room + "/members",
            TENANT,
            "Who is in a room",
            null,
            200,
            "Members",
            this::members),
        new Operation(
            "DELETE", member, TENANT, "Send a member away", null, 204, null, this::remove),
        new Operation(
            "POST",
            member + "/mute",
            TENANT,
            "Ask a member's page to switch sources off",
            "Mute",
            202,
            null,
            this::mute),
        new Operation(
            "GET",
            messages,
            TENANT,
            "What was said and is kept",
            null,
            200,
            "Messages",
            this::messages),
        new Operation(
            "POST",
            messages,
            TENANT,
            "Say something to everybody",
            "MessageRequest",
            201,
            "Message",
            this::say),
        new Operation(
            "DELETE", messages, TENANT, "Forget what was said", null, 204, null, this::forget));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode list(ApiRequest request) {
    String tenant =
        request.admin() && !request.query().containsKey("tenant") ? null : request.tenant();
    ObjectNode node = object();
    ArrayNode list = node.putArray("rooms");
    directory.rooms(time.getAsLong(), tenant).forEach(room -> list.add(describe(room)));
    return node;
  }

  private static ObjectNode describe(RoomInformation room) {
    ObjectNode node = object().put("tenant", room.tenant()).put("name", room.name());
    node.put("seconds", room.seconds());
    node.set("members", describe(room.members()));
    return node;
  }

  private static ArrayNode describe(List<MemberInformation> members) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (MemberInformation member : members) {
      ObjectNode node = list.addObject().put("id", member.id()).put("name", member.name());
      node.put("identity", member.identity()).put("agent", member.agent());
      node.put("connected", member.connected()).put("seconds", member.seconds());
    }
    return list;
  }

  private RoomInformation existing(ApiRequest request) throws ApiException {
    RoomInformation room =
        directory.room(time.getAsLong(), request.tenant(), request.variable("room"));
    if (room == null) {
      throw ApiException.notFound("room");
    }
    return room;
  }

  private JsonNode get(ApiRequest request) throws ApiException {
    return describe(existing(request));
  }

  private JsonNode members(ApiRequest request) throws ApiException {
    ObjectNode node = object();
    node.set("members", describe(existing(request).members()));
    return node;
  }

  private @Nullable JsonNode end(ApiRequest request) throws ApiException {
    if (!directory.end(time.getAsLong(), request.tenant(), request.variable("room"))) {
      throw ApiException.notFound("room");
    }
    return null;
  }

  private @Nullable JsonNode remove(ApiRequest request) throws ApiException {
    if (!directory.remove(
        time.getAsLong(), request.tenant(), request.variable("room"), request.variable("member"))) {
      throw ApiException.notFound("member");
    }
    return null;
  }

  private @Nullable JsonNode mute(ApiRequest request) throws ApiException {
    List<String> sources = request.texts("sources");
    List<String> wanted = sources == null ? List.of("mic") : sources;
    if (!List.of("mic", "camera", "screen").containsAll(wanted)) {
      throw ApiException.bad("sources are mic, camera and screen.");
    }
    if (!directory.mute(
        time.getAsLong(),
        request.tenant(),
        request.variable("room"),
        request.variable("member"),
        wanted)) {
      throw ApiException.notFound("member");
    }
    return null;
  }

  // Messages.

  private ChatHistory history() throws ApiException {
    if (chat == null) {
      throw new ApiException(409, "not-kept", "This server keeps no chat.");
    }
    return chat;
  }

  private JsonNode messages(ApiRequest request) throws ApiException {
    long after = request.number("after", 0, 0, Long.MAX_VALUE);
    int most = (int) request.number("most", MOST_MESSAGES, 1, MOST_MESSAGES);
    ObjectNode node = object();
    ArrayNode list = node.putArray("messages");
    history()
        .lines(request.tenant(), request.variable("room"), after, most)
        .forEach(line -> list.add(describe(line)));
    return node;
  }

  private static ObjectNode describe(ChatLine line) {
    ObjectNode node = object().put("id", line.id()).put("from", line.member());
    return node.put("name", line.name()).put("text", line.text()).put("time", line.time());
  }

  private JsonNode say(ApiRequest request) throws ApiException {
    ChatHistory _ = history();
    String room = request.variable("room");
    if (!Directory.isRoomName(room)) {
      throw ApiException.notFound("room");
    }
    String name = request.text("name");
    return describe(
        directory.say(
            time.getAsLong(),
            request.tenant(),
            room,
            name == null ? "Server" : name,
            request.requiredText("text")));
  }

  private @Nullable JsonNode forget(ApiRequest request) throws ApiException, StoreException {
    history().clear(request.tenant(), request.variable("room"));
    return null;
  }
}
