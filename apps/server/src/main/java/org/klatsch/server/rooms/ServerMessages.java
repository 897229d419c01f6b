package org.klatsch.server.rooms;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.stun.StunCredential;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes what the server says.
final class ServerMessages {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private ServerMessages() {}

  static String welcome(
      Place place,
      Member self,
      Collection<Member> others,
      boolean resumed,
      List<IceServerEntry> iceServers,
      @Nullable List<ChatLine> history,
      RoomLimits limits) {
    ObjectNode message = message("welcome");
    if (place.isTransfer()) {
      message.put("transfer", place.name());
      message.put("role", String.valueOf(self.role()));
    } else {
      message.put("room", place.name());
    }
    message.set("self", member(self));
    ArrayNode members = message.putArray("members");
    for (Member other : others) {
      members.add(member(other));
    }
    message.put("resume", self.resume());
    message.put("resumed", resumed);
    ArrayNode servers = message.putArray("iceServers");
    for (IceServerEntry entry : iceServers) {
      ObjectNode server = servers.addObject();
      ArrayNode urls = server.putArray("urls");
      entry.urls().forEach(urls::add);
      StunCredential credential = entry.credential();
      if (credential != null) {
        server.put("username", credential.username()).put("credential", credential.password());
      }
    }
    if (history != null) {
      ArrayNode lines = message.putArray("chat");
      history.forEach(line -> lines.add(line(line)));
    }
    ObjectNode told = message.putObject("limits");
    told.put("messageBytes", limits.sizes().messageBytes());
    told.put("messagesPerSecond", limits.rates().messagesPerSecond());
    told.put("members", place.isTransfer() ? 2 : limits.counts().members());
    told.put("resumeSeconds", Math.max(1, limits.times().resumeWindow().toSeconds()));
    told.put("transferSeconds", Math.max(1, limits.times().transferLifetime().toSeconds()));
    return text(message);
  }

  static ObjectNode memberJoined(Member member) {
    ObjectNode message = message("member-joined");
    message.set("member", member(member));
    return message;
  }

  static ObjectNode memberLeft(Member member, LeaveReason reason) {
    return message("member-left").put("id", member.id()).put("reason", reason.toString());
  }

  static ObjectNode mute(List<String> sources) {
    ObjectNode message = message("mute");
    ArrayNode list = message.putArray("sources");
    sources.forEach(list::add);
    return message;
  }

  static ObjectNode chat(ChatLine line) {
    ObjectNode message = message("chat");
    message.setAll(line(line));
    return message;
  }

  private static ObjectNode line(ChatLine line) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", line.id()).put("from", line.member()).put("name", line.name());
    return node.put("text", line.text()).put("time", line.time());
  }

  static ObjectNode signal(Member from, ObjectNode body) {
    ObjectNode message = message("signal").put("from", from.id());
    message.setAll(body);
    return message;
  }

  /// Has a member begin a connection with the server that carries media, §10.
  static ObjectNode mediaBegins(int connection) {
    return message("media").put("connection", connection).put("begin", true);
  }

  static ObjectNode mediaEnds() {
    return message("media").put("end", true);
  }

  static ObjectNode mediaDescription(int connection, String type, String sdp) {
    ObjectNode message = message("media").put("connection", connection);
    message.putObject("description").put("type", type).put("sdp", sdp);
    return message;
  }

  /// @param member null when nobody dominates
  static ObjectNode speaker(@Nullable String member) {
    return message("speaker").put("member", member);
  }

  static String error(ErrorCode code, String text, @Nullable String member) {
    ObjectNode message =
        message("error")
            .put("code", code.toString())
            .put("message", text)
            .put("fatal", code.fatal());
    if (member != null) {
      message.put("member", member);
    }
    return text(message);
  }

  static String pong(long id) {
    return text(message("pong").put("id", id));
  }

  static String text(ObjectNode message) {
    return MAPPER.writeValueAsString(message);
  }

  private static ObjectNode message(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static ObjectNode member(Member member) {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("id", member.id()).put("name", member.name());
    if (!member.grants().identity().isEmpty()) {
      node.put("identity", member.grants().identity());
    }
    if (member.agent() != null) {
      node.put("agent", member.agent());
    }
    if (member.forwarding()) {
      node.put("forwarding", true);
    }
    if (member.role() != null) {
      node.put("role", member.role().toString());
    }
    return node;
  }
}
