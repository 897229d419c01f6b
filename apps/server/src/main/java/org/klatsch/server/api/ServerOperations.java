package org.klatsch.server.api;

import static org.klatsch.server.api.Operation.Scope.SERVER;
import static org.klatsch.server.api.Operation.Scope.TENANT;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.turn.Relay;
import org.klatsch.turn.server.TurnServerCounters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The server itself: its state, its relay, its calls and its log.
public final class ServerOperations implements OperationGroup {
  private final Supplier<Status> status;
  private final Supplier<Relay> relay;
  private final LogTail log;
  private final List<CallSource> calls;

  /// What the server as a whole is doing.
  ///
  /// @param heapBytes in use
  /// @param journalBytes of the store
  /// @param pendingWebhooks events that wait
  /// @param deadLetters events that could not be delivered
  public record Status(
      String version,
      long uptimeSeconds,
      boolean draining,
      int connections,
      int rooms,
      int transfers,
      int members,
      int tenants,
      long heapBytes,
      long journalBytes,
      long storeFailures,
      int pendingWebhooks,
      int deadLetters) {}

  /// @param calls those who have calls, which may become more
  public ServerOperations(
      Supplier<Status> status, Supplier<Relay> relay, LogTail log, List<CallSource> calls) {
    this.status = status;
    this.relay = relay;
    this.log = log;
    this.calls = calls;
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        new Operation(
            "GET",
            "/api/v1/server",
            SERVER,
            "The state of the server",
            null,
            200,
            "Server",
            this::server),
        new Operation(
            "GET", "/api/v1/turn", SERVER, "What the relay counted", null, 200, "Turn", this::turn),
        new Operation(
            "GET",
            "/api/v1/logs",
            SERVER,
            "The latest lines of the log",
            null,
            200,
            "Logs",
            this::logs),
        new Operation(
            "GET",
            "/api/v1/calls",
            TENANT,
            "Telephone calls; for the administrator without tenant those of all",
            null,
            200,
            "Calls",
            this::calls),
        new Operation(
            "DELETE",
            "/api/v1/calls/{call}",
            TENANT,
            "Hang a call up",
            null,
            204,
            null,
            this::hangUp));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode server(ApiRequest request) {
    Status now = status.get();
    ObjectNode node = object().put("version", now.version());
    node.put("uptimeSeconds", now.uptimeSeconds()).put("draining", now.draining());
    node.put("connections", now.connections()).put("rooms", now.rooms());
    node.put("transfers", now.transfers()).put("members", now.members());
    node.put("tenants", now.tenants()).put("heapBytes", now.heapBytes());
    node.put("journalBytes", now.journalBytes()).put("storeFailures", now.storeFailures());
    node.put("pendingWebhooks", now.pendingWebhooks()).put("deadLetters", now.deadLetters());
    return node;
  }

  private JsonNode turn(ApiRequest request) {
    Relay server = relay.get();
    TurnServerCounters counters = server.counters();
    Relay.StreamCounters streams = server.streamCounters();
    ObjectNode node = object();
    node.put("port", server.port());
    node.put("allocations", counters.allocations());
    node.put("allocationsMade", counters.allocationsMade());
    node.put("allocationsRefused", counters.allocationsRefused());
    node.put("bindings", counters.bindings());
    node.put("bytesToPeers", counters.bytesToPeers());
    node.put("bytesToClients", counters.bytesToClients());
    node.put("packetsToPeers", counters.packetsToPeers());
    node.put("packetsToClients", counters.packetsToClients());
    node.put("peersRefused", counters.peersRefused());
    node.put("dropped", counters.queueFull());
    node.put("streams", streams.open());
    node.put("streamsRefused", streams.refused());
    return node;
  }

  private JsonNode logs(ApiRequest request) throws ApiException {
    long after = request.number("after", 0, 0, Long.MAX_VALUE);
    ObjectNode node = object();
    ArrayNode list = node.putArray("lines");
    for (LogTail.Line line : log.after(after)) {
      ObjectNode entry = list.addObject().put("id", line.id()).put("time", line.time());
      entry.put("level", line.level()).put("logger", line.logger()).put("text", line.text());
    }
    return node;
  }

  private JsonNode calls(ApiRequest request) {
    boolean all = request.admin() && !request.query().containsKey("tenant");
    ObjectNode node = object();
    ArrayNode list = node.putArray("calls");
    for (CallSource source : calls) {
      for (CallInformation call : source.calls()) {
        if (all || call.tenant().equals(request.tenant())) {
          ObjectNode entry = list.addObject().put("id", call.id()).put("tenant", call.tenant());
          entry.put("from", call.from()).put("to", call.to()).put("state", call.state());
          entry.put("seconds", call.seconds());
        }
      }
    }
    return node;
  }

  private @Nullable JsonNode hangUp(ApiRequest request) throws ApiException {
    String id = request.variable("call");
    boolean all = request.admin() && !request.query().containsKey("tenant");
    for (CallSource source : calls) {
      for (CallInformation call : source.calls()) {
        if (call.id().equals(id)
            && (all || call.tenant().equals(request.tenant()))
            && source.hangUp(id)) {
          return null;
        }
      }
    }
    throw ApiException.notFound("call");
  }
}
