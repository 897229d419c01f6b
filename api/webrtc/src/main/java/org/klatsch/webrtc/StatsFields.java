package org.klatsch.webrtc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The members of statistics by their names.
final class StatsFields {
  private StatsFields() {}

  /// The members of one object, without those that are unknown.
  static Map<String, Object> of(RTCStats stats) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", stats.id());
    fields.put("type", stats.type().toString());
    fields.put("timestamp", stats.timestamp());
    StatsValues values = values(stats);
    if (values != null) {
      values.forEach(fields::put);
    } else if (stats instanceof Record) {
      for (RecordComponent each : stats.getClass().getRecordComponents()) {
        Object value = value(stats, each);
        if (value != null) {
          fields.putIfAbsent(each.getName(), value);
        }
      }
    }
    return fields;
  }

  private static @Nullable StatsValues values(RTCStats stats) {
    return switch (stats) {
      case RTCInboundRtpStreamStats s -> s.values();
      case RTCOutboundRtpStreamStats s -> s.values();
      case RTCRemoteInboundRtpStreamStats s -> s.values();
      case RTCRemoteOutboundRtpStreamStats s -> s.values();
      case RTCAudioPlayoutStats s -> s.values();
      case RTCAudioSourceStats s -> s.values();
      case RTCVideoSourceStats s -> s.values();
      default -> null;
    };
  }

  private static @Nullable Object value(RTCStats stats, RecordComponent component) {
    try {
      return component.getAccessor().invoke(stats);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("statistics that cannot be read: " + component, e);
    }
  }

  /// What is worth a graph: the numbers of transports, of the selected pair, of streams and of
  /// channels.
  static Map<String, Double> numbers(RTCStatsReport report) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (RTCStats each : report.values()) {
      String prefix =
          switch (each) {
            case RTCTransportStats _ -> "transport";
            case RTCIceCandidatePairStats pair -> pair.nominated() ? "candidate-pair" : null;
            case RTCRtpStreamStats stream -> stream.type() + "[" + stream.id() + "]";
            case RTCDataChannelStats channel -> "data-channel[" + channel.label() + "]";
            default -> null;
          };
      if (prefix != null) {
        of(each)
            .forEach((name, value) -> {
              if (value instanceof Number number && isGraph(name)) {
                numbers.put(prefix + "." + name, number.doubleValue());
              }
            });
      }
    }
    return numbers;
  }

  private static boolean isGraph(String name) {
    return switch (name) {
      case "bytesSent",
          "bytesReceived",
          "packetsSent",
          "packetsReceived",
          "packetsLost",
          "currentRoundTripTime",
          "roundTripTime",
          "jitter",
          "availableOutgoingBitrate",
          "framesPerSecond",
          "messagesSent",
          "messagesReceived",
          "nackCount",
          "audioLevel",
          "concealedSamples",
          "freezeCount" ->
          true;
      default -> false;
    };
  }
}
