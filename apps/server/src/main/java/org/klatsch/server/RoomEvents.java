package org.klatsch.server;

import org.klatsch.server.rooms.MemberInformation;
import org.klatsch.server.rooms.RoomObserver;
import org.klatsch.server.webhooks.Webhooks;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tells webhooks what happens in rooms.
final class RoomEvents implements RoomObserver {
  private final Webhooks webhooks;

  RoomEvents(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  private static ObjectNode of(String room) {
    return JsonNodeFactory.instance.objectNode().put("room", room);
  }

  private static ObjectNode of(String room, MemberInformation member) {
    ObjectNode data = of(room);
    ObjectNode node = data.putObject("member");
    node.put("id", member.id()).put("name", member.name()).put("identity", member.identity());
    node.put("agent", member.agent());
    return data;
  }

  @Override
  public void roomStarted(String tenant, String room) {
    webhooks.publish(tenant, "room.started", of(room));
  }

  @Override
  public void roomEnded(String tenant, String room) {
    webhooks.publish(tenant, "room.ended", of(room));
  }

  @Override
  public void memberJoined(String tenant, String room, MemberInformation member) {
    webhooks.publish(tenant, "member.joined", of(room, member));
  }

  @Override
  public void memberLeft(String tenant, String room, MemberInformation member, String reason) {
    webhooks.publish(
        tenant,
        "member.left",
        of(room, member).put("reason", reason).put("seconds", member.seconds()));
  }
}
