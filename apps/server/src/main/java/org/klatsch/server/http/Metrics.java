package org.klatsch.server.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.DirectoryCounters;
import org.klatsch.server.rooms.ErrorCode;
import org.klatsch.server.turn.Relay;
import org.klatsch.turn.server.TurnServerCounters;

/// What `/metrics` tells. Every label has a fixed set of values: nothing that a stranger chooses
/// becomes one.
public final class Metrics implements DirectoryCounters {
  static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Counter messages =
      Counter.builder()
          .name("klatsch_signal_messages_total")
          .help("Well-formed signalling messages received, by type")
          .labelNames("type")
          .register(registry);
  private final Counter errors =
      Counter.builder()
          .name("klatsch_signal_errors_total")
          .help("Errors told to signalling clients, by code")
          .labelNames("code")
          .register(registry);
  private final Counter joins =
      Counter.builder()
          .name("klatsch_joins_total")
          .help("Members that joined, by kind of place")
          .labelNames("kind")
          .register(registry);
  private final Counter resumed =
      Counter.builder()
          .name("klatsch_resumed_total")
          .help("Members that came back after losing their connection")
          .register(registry);
  private final Counter requests =
      Counter.builder()
          .name("klatsch_http_requests_total")
          .help("HTTP requests answered, by class of status")
          .labelNames("status")
          .register(registry);

  public Metrics() {
    JvmMetrics.builder().register(registry);
  }

  /// Adds what can only be told once the directory exists.
  public void watch(
      Supplier<Directory.Occupancy> occupancy,
      LongSupplier queuedBytes,
      Supplier<TurnServerCounters> relay,
      Supplier<Relay.StreamCounters> streams) {
    gauge("klatsch_connections", "Open WebSockets", () -> occupancy.get().connections());
    gauge("klatsch_rooms", "Rooms", () -> occupancy.get().rooms());
    gauge("klatsch_transfers", "Transfers", () -> occupancy.get().transfers());
    gauge("klatsch_members", "Members of rooms and transfers", () -> occupancy.get().members());
    gauge("klatsch_sources", "Addresses known to the limits", () -> occupancy.get().sources());
    gauge(
        "klatsch_remembered_bytes",
        "Messages kept for members to resume",
        () -> occupancy.get().rememberedBytes());
    gauge("klatsch_queued_bytes", "Messages waiting for slow readers", queuedBytes);
    gauge("klatsch_stun_requests", "STUN binding requests answered", () -> relay.get().bindings());
    gauge("klatsch_turn_allocations", "TURN allocations", () -> relay.get().allocations());
    gauge(
        "klatsch_turn_allocations_made",
        "TURN allocations made since the start",
        () -> relay.get().allocationsMade());
    gauge(
        "klatsch_turn_allocations_refused",
        "TURN allocations refused for a quota or want of room",
        () -> relay.get().allocationsRefused());
    gauge(
        "klatsch_turn_peers_refused",
        "Peers that the rules on addresses forbid",
        () -> relay.get().peersRefused());
    gauge(
        "klatsch_turn_bytes_to_peers",
        "Bytes relayed from clients to peers",
        () -> relay.get().bytesToPeers());
    gauge(
        "klatsch_turn_bytes_to_clients",
        "Bytes relayed from peers to clients",
        () -> relay.get().bytesToClients());
    gauge(
        "klatsch_turn_answers_suppressed",
        "Answers not given to strangers, as they would amplify",
        () -> relay.get().suppressed());
    gauge(
        "klatsch_turn_packets_dropped",
        "Relayed packets dropped as sockets had no room",
        () -> relay.get().queueFull());
    gauge(
        "klatsch_turn_streams", "Clients of the relay on TCP and TLS", () -> streams.get().open());
    gauge(
        "klatsch_turn_dtls_clients",
        "Clients of the relay on DTLS",
        () -> streams.get().associations());
    gauge(
        "klatsch_turn_streams_refused",
        "Clients on TCP, TLS and DTLS refused for a limit",
        () -> streams.get().refused());
    gauge(
        "klatsch_turn_stream_messages_dropped",
        "Messages dropped as their clients on TCP and TLS read slowly, or as they were not protected",
        () -> streams.get().dropped());
  }

  /// Adds a number that is asked for each time.
  public void gauge(String name, String help, LongSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call((double) value.getAsLong()))
        .register(registry);
  }

  /// Adds a counter.
  ///
  /// @param label its values are few and fixed
  /// @return counts one more of a value
  public Consumer<String> counter(String name, String help, String label) {
    Counter counter = Counter.builder().name(name).help(help).labelNames(label).register(registry);
    return value -> counter.labelValues(value).inc();
  }

  byte[] text() {
    var out = new ByteArrayOutputStream(16_384);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  void answered(int status) {
    requests.labelValues(status / 100 + "xx").inc();
  }

  @Override
  public void received(String type) {
    messages.labelValues(type).inc();
  }

  @Override
  public void error(ErrorCode code) {
    errors.labelValues(code.toString()).inc();
  }

  @Override
  public void joined(boolean transfer) {
    joins.labelValues(transfer ? "transfer" : "room").inc();
  }

  @Override
  public void resumed() {
    resumed.inc();
  }
}
