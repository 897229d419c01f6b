package org.klatsch.server.rooms;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Chat in the store: a log per room.
public final class StoredChat implements ChatHistory {
  private static final Logger LOG = LoggerFactory.getLogger(StoredChat.class);
  private static final String PREFIX = "chat/";

  /// A room's name is anybody's choice: more rooms than this have no history until others' is over.
  private static final int MAX_ROOMS = 20_000;

  private final Store store;
  private final int most;
  private final Duration kept;
  private final InstantSource clock;

  /// @param most lines of a room
  /// @param kept how long after its last line a room's history is kept
  public StoredChat(Store store, int most, Duration kept, InstantSource clock) {
    this.store = store;
    this.most = most;
    this.kept = kept;
    this.clock = clock;
  }

  private static String log(String tenant, String room) {
    return PREFIX + tenant + "/" + room;
  }

  @Override
  public ChatLine add(String tenant, String room, ChatLine line) {
    String log = log(tenant, room);
    if (store.size(log) == 0 && store.logs(PREFIX).size() >= MAX_ROOMS) {
      return line;
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("member", line.member()).put("name", line.name());
    node.put("text", line.text()).put("time", line.time());
    byte[] value = JsonMapper.shared().writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    try {
      long id = store.append(log, value, most).id();
      return new ChatLine(id, line.member(), line.name(), line.text(), line.time());
    } catch (StoreException e) {
      // Those present read it all the same.
      LOG.error("a line of chat is not kept: {}", e.getMessage());
      return line;
    }
  }

  @Override
  public List<ChatLine> lines(String tenant, String room, long after, int count) {
    List<Store.Item> items = store.items(log(tenant, room), after, most);
    var lines = new ArrayList<ChatLine>();
    for (Store.Item item : items.subList(Math.max(0, items.size() - count), items.size())) {
      JsonNode node = JsonMapper.shared().readTree(item.value());
      lines.add(
          new ChatLine(
              item.id(),
              node.path("member").asString(""),
              node.path("name").asString(""),
              node.path("text").asString(""),
              node.path("time").asLong(0)));
    }
    return lines;
  }

  @Override
  public void clear(String tenant, String room) throws StoreException {
    store.clear(log(tenant, room));
  }

  /// Forgets rooms in which nothing was said for long. To be called now and then.
  public void expire() throws StoreException {
    Instant before = clock.instant().minus(kept);
    for (String log : store.logs(PREFIX)) {
      List<Store.Item> items = store.items(log, 0, most);
      if (!items.isEmpty()) {
        JsonNode last = JsonMapper.shared().readTree(items.getLast().value());
        if (Instant.ofEpochMilli(last.path("time").asLong(0)).isBefore(before)) {
          store.clear(log);
        }
      }
    }
  }
}
