package org.klatsch.webrtc;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a track's settings can be, Media Capture and Streams §4.3.4. Null or empty means that its
/// source has no such setting.
public final class MediaTrackCapabilities {
  private final Map<String, Object> values;

  MediaTrackCapabilities(Map<String, Object> values) {
    this.values = Map.copyOf(values);
  }

  Map<String, Object> values() {
    return values;
  }

  private List<String> strings(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().map(String.class::cast).toList()
        : List.of();
  }

  private List<Boolean> flags(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().map(Boolean.class::cast).toList()
        : List.of();
  }

  /// In pixels.
  public @Nullable ULongRange width() {
    return (ULongRange) values.get("width");
  }

  /// In pixels.
  public @Nullable ULongRange height() {
    return (ULongRange) values.get("height");
  }

  public @Nullable DoubleRange aspectRatio() {
    return (DoubleRange) values.get("aspectRatio");
  }

  /// In frames a second.
  public @Nullable DoubleRange frameRate() {
    return (DoubleRange) values.get("frameRate");
  }

  public List<String> facingMode() {
    return strings("facingMode");
  }

  public List<String> resizeMode() {
    return strings("resizeMode");
  }

  /// In hertz.
  public @Nullable ULongRange sampleRate() {
    return (ULongRange) values.get("sampleRate");
  }

  /// In bits.
  public @Nullable ULongRange sampleSize() {
    return (ULongRange) values.get("sampleSize");
  }

  public List<Boolean> echoCancellation() {
    return flags("echoCancellation");
  }

  public List<Boolean> autoGainControl() {
    return flags("autoGainControl");
  }

  public List<Boolean> noiseSuppression() {
    return flags("noiseSuppression");
  }

  /// In seconds.
  public @Nullable DoubleRange latency() {
    return (DoubleRange) values.get("latency");
  }

  public @Nullable ULongRange channelCount() {
    return (ULongRange) values.get("channelCount");
  }

  public @Nullable String deviceId() {
    return strings("deviceId").isEmpty() ? null : strings("deviceId").getFirst();
  }

  public @Nullable String groupId() {
    return strings("groupId").isEmpty() ? null : strings("groupId").getFirst();
  }

  public List<Boolean> backgroundBlur() {
    return flags("backgroundBlur");
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
