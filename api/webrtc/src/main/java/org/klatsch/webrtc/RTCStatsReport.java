package org.klatsch.webrtc;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Statistics of one moment by their ids, W3C WebRTC §8.3. Unmodifiable.
public final class RTCStatsReport extends AbstractMap<String, RTCStats> {
  private final Map<String, RTCStats> stats;

  RTCStatsReport(Iterable<? extends RTCStats> stats) {
    Map<String, RTCStats> map = new LinkedHashMap<>();
    for (RTCStats each : stats) {
      map.put(each.id(), each);
    }
    this.stats = Collections.unmodifiableMap(map);
  }

  @Override
  public Set<Map.Entry<String, RTCStats>> entrySet() {
    return stats.entrySet();
  }

  /// The objects of one class, for example `report.stream(RTCTransportStats.class)`.
  public <S extends RTCStats> Stream<S> stream(Class<S> type) {
    return stats.values().stream().filter(type::isInstance).map(type::cast);
  }
}
