package org.klatsch.webrtc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The members of one statistics object by name. Written while a report is made, then only read.
final class StatsValues {
  private final double timestamp;
  private final String id;
  private final Map<String, Object> values = new LinkedHashMap<>();

  StatsValues(double timestamp, String id) {
    this.timestamp = timestamp;
    this.id = id;
  }

  /// Notes a member; null leaves it out.
  StatsValues put(String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value);
    }
    return this;
  }

  double timestamp() {
    return timestamp;
  }

  String id() {
    return id;
  }

  /// Every member that is known.
  void forEach(BiConsumer<String, Object> action) {
    values.forEach(action);
  }

  @Nullable Object get(String name) {
    return values.get(name);
  }

  @Nullable Long whole(String name) {
    return (Long) values.get(name);
  }

  @Nullable Integer number(String name) {
    return (Integer) values.get(name);
  }

  @Nullable Double real(String name) {
    return (Double) values.get(name);
  }

  @Nullable String text(String name) {
    return (String) values.get(name);
  }

  @Nullable Boolean flag(String name) {
    return (Boolean) values.get(name);
  }

  @Override
  public String toString() {
    return id + " " + values;
  }
}
