package org.klatsch.webrtc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks into all connections of this process, as `about:webrtc` of a browser does: their states,
/// descriptions, candidate pairs, events, and statistics over time.
///
/// ```java
/// try (Inspector inspector = Inspector.start(Duration.ofSeconds(1))) {
///   Files.writeString(Path.of("webrtc.json"), inspector.dump());
/// }
/// ```
///
/// Descriptions and events are kept without an inspector, too; statistics only while one runs.
/// Passwords, keys and credentials are in none of it. Thread-safe.
public final class Inspector implements AutoCloseable {
  /// Samples of one value: five minutes, one a second.
  private static final int MAX_SAMPLES = 300;

  /// Values of one connection: a call with a few streams has some 40.
  private static final int MAX_SERIES = 64;

  /// Connections whose statistics are sampled: those of a server with more would cost it time.
  private static final int MAX_CONNECTIONS = 100;

  private static final Duration STATISTICS_LIMIT = Duration.ofSeconds(1);

  private final Duration interval;
  private final Thread thread;
  private final Map<String, Watch> watches = new ConcurrentHashMap<>();

  /// What is known of one connection.
  private static final class Watch {
    volatile @Nullable RTCStatsReport last;
    private final Map<String, Deque<InspectedConnection.Sample>> samples = new LinkedHashMap<>();

    synchronized void add(RTCStatsReport report) {
      last = report;
      StatsFields.numbers(report)
          .forEach((key, value) -> {
            Deque<InspectedConnection.Sample> series = samples.get(key);
            if (series == null) {
              if (samples.size() >= MAX_SERIES) {
                return;
              }
              series = new ArrayDeque<>();
              samples.put(key, series);
            }
            if (series.size() == MAX_SAMPLES) {
              series.removeFirst();
            }
            series.addLast(new InspectedConnection.Sample(System.currentTimeMillis(), value));
          });
    }

    synchronized Map<String, List<InspectedConnection.Sample>> samples() {
      Map<String, List<InspectedConnection.Sample>> copy = new HashMap<>();
      samples.forEach((key, series) -> copy.put(key, List.copyOf(series)));
      return copy;
    }
  }

  private Inspector(Duration interval) {
    this.interval = interval;
    this.thread = Thread.ofVirtual().name("klatsch-inspector").unstarted(this::run);
  }

  /// Begins to sample statistics.
  ///
  /// @param interval between samples
  public static Inspector start(Duration interval) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval " + interval + " must be positive");
    }
    Inspector inspector = new Inspector(interval);
    inspector.thread.start();
    return inspector;
  }

  private void run() {
    try {
      while (true) {
        sample();
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void sample() throws InterruptedException {
    List<RTCPeerConnection> all = LiveConnections.all();
    List<String> names = all.stream().map(each -> each.log().name()).toList();
    watches.keySet().retainAll(names);
    // The newest are what somebody looks for.
    for (RTCPeerConnection each : all.reversed().stream().limit(MAX_CONNECTIONS).toList()) {
      try {
        RTCStatsReport report = each.getStats().get(STATISTICS_LIMIT.toSeconds(), TimeUnit.SECONDS);
        watches.computeIfAbsent(each.log().name(), _ -> new Watch()).add(report);
      } catch (java.util.concurrent.ExecutionException
          | java.util.concurrent.TimeoutException
          | DOMException e) {
        // Closed meanwhile, or its listener does not return.
      }
    }
  }

  /// All connections, and some that were closed last, the oldest first.
  public List<InspectedConnection> connections() {
    List<InspectedConnection> found = new ArrayList<>();
    for (ConnectionLog log : LiveConnections.closed()) {
      found.add(inspected(log, Map.of(), List.of()));
    }
    for (RTCPeerConnection each : LiveConnections.all()) {
      Map<String, String> states = new LinkedHashMap<>();
      states.put("connectionState", each.connectionState().toString());
      states.put("iceConnectionState", each.iceConnectionState().toString());
      states.put("iceGatheringState", each.iceGatheringState().toString());
      states.put("signalingState", each.signalingState().toString());
      RTCConfiguration configuration = each.getConfiguration();
      states.put("iceTransportPolicy", configuration.iceTransportPolicy().toString());
      List<String> servers =
          configuration.iceServers().stream().flatMap(server -> server.urls().stream()).toList();
      found.add(inspected(each.log(), states, servers));
    }
    return List.copyOf(found);
  }

  private InspectedConnection inspected(
      ConnectionLog log, Map<String, String> states, List<String> iceServers) {
    Watch watch = watches.get(log.name());
    return new InspectedConnection(
        log.name(),
        Instant.ofEpochMilli(log.createdAt()),
        log.isClosed(),
        states,
        iceServers,
        log.descriptions(),
        log.events(),
        log.dropped(),
        watch == null ? null : watch.last,
        watch == null ? Map.of() : watch.samples());
  }

  /// All of it as one JSON object, to be read by a person or to be sent to somebody who helps.
  public String dump() {
    return InspectionDump.of(connections());
  }

  /// Ends sampling.
  @Override
  public void close() {
    thread.interrupt();
  }
}
