package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Inspected connections as JSON (RFC 8259).
final class InspectionDump {
  private InspectionDump() {}

  static String of(List<InspectedConnection> connections) {
    Map<String, @Nullable Object> dump = new LinkedHashMap<>();
    dump.put("time", System.currentTimeMillis());
    dump.put("java", Runtime.version().toString());
    dump.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    dump.put("disabled", Disabled.reason());
    dump.put("connections", connections.stream().map(InspectionDump::connection).toList());
    StringBuilder out = new StringBuilder(4096);
    write(out, dump);
    return out.toString();
  }

  private static Map<String, @Nullable Object> connection(InspectedConnection connection) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", connection.name());
    json.put("created", connection.created().toEpochMilli());
    json.put("closed", connection.closed());
    json.put("states", connection.states());
    json.put("iceServers", connection.iceServers());
    List<Object> descriptions = new ArrayList<>();
    for (InspectedConnection.Description each : connection.descriptions()) {
      descriptions.add(
          Map.of(
              "at",
              each.at(),
              "side",
              each.local() ? "local" : "remote",
              "type",
              each.type(),
              "sdp",
              each.sdp()));
    }
    json.put("descriptions", descriptions);
    List<Object> events = new ArrayList<>();
    for (InspectedConnection.Entry each : connection.events()) {
      events.add(Map.of("at", each.at(), "what", each.what(), "detail", each.detail()));
    }
    json.put("events", events);
    json.put("droppedEvents", connection.droppedEvents());
    RTCStatsReport report = connection.statistics();
    json.put(
        "stats",
        report == null ? List.of() : report.values().stream().map(StatsFields::of).toList());
    Map<String, Object> samples = new LinkedHashMap<>();
    connection
        .samples()
        .forEach((key, series) ->
            samples.put(
                key, series.stream().map(each -> List.of(each.at(), each.value())).toList()));
    json.put("samples", samples);
    return json;
  }

  private static void write(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> {
        char separator = '{';
        for (Map.Entry<?, ?> each : map.entrySet()) {
          out.append(separator);
          Json.appendString(out, String.valueOf(each.getKey()));
          out.append(':');
          write(out, each.getValue());
          separator = ',';
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Iterable<?> list -> {
        char separator = '[';
        for (Object each : list) {
          out.append(separator);
          write(out, each);
          separator = ',';
        }
        out.append(separator == '[' ? "[]" : "]");
      }
      case Double number when !Double.isFinite(number) -> out.append("null");
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      default -> Json.appendString(out, value.toString());
    }
  }
}
