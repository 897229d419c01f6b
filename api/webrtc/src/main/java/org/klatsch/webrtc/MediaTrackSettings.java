package org.klatsch.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a track's settings are at present, Media Capture and Streams §4.3.7. Null means that its
/// source has no such setting.
public final class MediaTrackSettings {
  private final Map<String, Object> values;

  MediaTrackSettings(Map<String, Object> values) {
    this.values = Map.copyOf(values);
  }

  Map<String, Object> values() {
    return values;
  }

  /// In pixels.
  public @Nullable Integer width() {
    return (Integer) values.get("width");
  }

  /// In pixels.
  public @Nullable Integer height() {
    return (Integer) values.get("height");
  }

  public @Nullable Double aspectRatio() {
    return (Double) values.get("aspectRatio");
  }

  /// In frames a second.
  public @Nullable Double frameRate() {
    return (Double) values.get("frameRate");
  }

  public @Nullable String facingMode() {
    return (String) values.get("facingMode");
  }

  public @Nullable String resizeMode() {
    return (String) values.get("resizeMode");
  }

  /// In hertz.
  public @Nullable Integer sampleRate() {
    return (Integer) values.get("sampleRate");
  }

  /// In bits.
  public @Nullable Integer sampleSize() {
    return (Integer) values.get("sampleSize");
  }

  public @Nullable Boolean echoCancellation() {
    return (Boolean) values.get("echoCancellation");
  }

  public @Nullable Boolean autoGainControl() {
    return (Boolean) values.get("autoGainControl");
  }

  public @Nullable Boolean noiseSuppression() {
    return (Boolean) values.get("noiseSuppression");
  }

  /// In seconds.
  public @Nullable Double latency() {
    return (Double) values.get("latency");
  }

  public @Nullable Integer channelCount() {
    return (Integer) values.get("channelCount");
  }

  public @Nullable String deviceId() {
    return (String) values.get("deviceId");
  }

  public @Nullable String groupId() {
    return (String) values.get("groupId");
  }

  public @Nullable Boolean backgroundBlur() {
    return (Boolean) values.get("backgroundBlur");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MediaTrackSettings that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
