package org.klatsch.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Wishes for the settings of a track, Media Capture and Streams §4.3.5. Immutable: the `with`
/// methods give changed copies.
///
/// A bare value, as in `withWidth(640)`, is a wish; in one of the `advanced` sets of
/// [MediaTrackConstraints] it is a condition.
public final class MediaTrackConstraintSet {
  private final Map<String, Object> values;

  public MediaTrackConstraintSet() {
    this(Map.of());
  }

  private MediaTrackConstraintSet(Map<String, Object> values) {
    this.values = values;
  }

  /// The wishes by name, in the order in which they were expressed: bare values and `Constrain…`
  /// records.
  Map<String, Object> values() {
    return values;
  }

  private MediaTrackConstraintSet with(String name, Object value) {
    return new MediaTrackConstraintSet(Settings.with(values, name, value));
  }

  private @Nullable ConstrainULongRange ulong(String name) {
    Object value = values.get(name);
    return value instanceof Integer bare
        ? ConstrainULongRange.ideal(bare)
        : (ConstrainULongRange) value;
  }

  private @Nullable ConstrainDoubleRange real(String name) {
    Object value = values.get(name);
    return value instanceof Double bare
        ? ConstrainDoubleRange.ideal(bare)
        : (ConstrainDoubleRange) value;
  }

  private @Nullable ConstrainDOMStringParameters words(String name) {
    Object value = values.get(name);
    return value instanceof String bare
        ? ConstrainDOMStringParameters.ideal(bare)
        : (ConstrainDOMStringParameters) value;
  }

  private @Nullable ConstrainBooleanParameters flag(String name) {
    Object value = values.get(name);
    return value instanceof Boolean bare
        ? ConstrainBooleanParameters.ideal(bare)
        : (ConstrainBooleanParameters) value;
  }

  private @Nullable ConstrainBooleanOrDOMStringParameters mode(String name) {
    Object value = values.get(name);
    return value instanceof Boolean bare
        ? ConstrainBooleanOrDOMStringParameters.ideal(bare)
        : (ConstrainBooleanOrDOMStringParameters) value;
  }

  public @Nullable ConstrainULongRange width() {
    return ulong("width");
  }

  public MediaTrackConstraintSet withWidth(int value) {
    return with("width", value);
  }

  public MediaTrackConstraintSet withWidth(ConstrainULongRange value) {
    return with("width", value);
  }

  public @Nullable ConstrainULongRange height() {
    return ulong("height");
  }

  public MediaTrackConstraintSet withHeight(int value) {
    return with("height", value);
  }

  public MediaTrackConstraintSet withHeight(ConstrainULongRange value) {
    return with("height", value);
  }

  public @Nullable ConstrainDoubleRange aspectRatio() {
    return real("aspectRatio");
  }

  public MediaTrackConstraintSet withAspectRatio(double value) {
    return with("aspectRatio", value);
  }

  public MediaTrackConstraintSet withAspectRatio(ConstrainDoubleRange value) {
    return with("aspectRatio", value);
  }

  public @Nullable ConstrainDoubleRange frameRate() {
    return real("frameRate");
  }

  public MediaTrackConstraintSet withFrameRate(double value) {
    return with("frameRate", value);
  }

  public MediaTrackConstraintSet withFrameRate(ConstrainDoubleRange value) {
    return with("frameRate", value);
  }

  public @Nullable ConstrainDOMStringParameters facingMode() {
    return words("facingMode");
  }

  public MediaTrackConstraintSet withFacingMode(String value) {
    return with("facingMode", value);
  }

  public MediaTrackConstraintSet withFacingMode(ConstrainDOMStringParameters value) {
    return with("facingMode", value);
  }

  public @Nullable ConstrainDOMStringParameters resizeMode() {
    return words("resizeMode");
  }

  public MediaTrackConstraintSet withResizeMode(String value) {
    return with("resizeMode", value);
  }

  public MediaTrackConstraintSet withResizeMode(ConstrainDOMStringParameters value) {
    return with("resizeMode", value);
  }

  public @Nullable ConstrainULongRange sampleRate() {
    return ulong("sampleRate");
  }

  public MediaTrackConstraintSet withSampleRate(int value) {
    return with("sampleRate", value);
  }

  public MediaTrackConstraintSet withSampleRate(ConstrainULongRange value) {
    return with("sampleRate", value);
  }

  public @Nullable ConstrainULongRange sampleSize() {
    return ulong("sampleSize");
  }

  public MediaTrackConstraintSet withSampleSize(int value) {
    return with("sampleSize", value);
  }

  public MediaTrackConstraintSet withSampleSize(ConstrainULongRange value) {
    return with("sampleSize", value);
  }

  public @Nullable ConstrainBooleanOrDOMStringParameters echoCancellation() {
    return mode("echoCancellation");
  }

  public MediaTrackConstraintSet withEchoCancellation(boolean value) {
    return with("echoCancellation", value);
  }

  public MediaTrackConstraintSet withEchoCancellation(ConstrainBooleanOrDOMStringParameters value) {
    return with("echoCancellation", value);
  }

  public @Nullable ConstrainBooleanParameters autoGainControl() {
    return flag("autoGainControl");
  }

  public MediaTrackConstraintSet withAutoGainControl(boolean value) {
    return with("autoGainControl", value);
  }

  public MediaTrackConstraintSet withAutoGainControl(ConstrainBooleanParameters value) {
    return with("autoGainControl", value);
  }

  public @Nullable ConstrainBooleanParameters noiseSuppression() {
    return flag("noiseSuppression");
  }

  public MediaTrackConstraintSet withNoiseSuppression(boolean value) {
    return with("noiseSuppression", value);
  }

  public MediaTrackConstraintSet withNoiseSuppression(ConstrainBooleanParameters value) {
    return with("noiseSuppression", value);
  }

  public @Nullable ConstrainDoubleRange latency() {
    return real("latency");
  }

  public MediaTrackConstraintSet withLatency(double value) {
    return with("latency", value);
  }

  public MediaTrackConstraintSet withLatency(ConstrainDoubleRange value) {
    return with("latency", value);
  }

  public @Nullable ConstrainULongRange channelCount() {
    return ulong("channelCount");
  }

  public MediaTrackConstraintSet withChannelCount(int value) {
    return with("channelCount", value);
  }

  public MediaTrackConstraintSet withChannelCount(ConstrainULongRange value) {
    return with("channelCount", value);
  }

  public @Nullable ConstrainDOMStringParameters deviceId() {
    return words("deviceId");
  }

  public MediaTrackConstraintSet withDeviceId(String value) {
    return with("deviceId", value);
  }

  public MediaTrackConstraintSet withDeviceId(ConstrainDOMStringParameters value) {
    return with("deviceId", value);
  }

  public @Nullable ConstrainDOMStringParameters groupId() {
    return words("groupId");
  }

  public MediaTrackConstraintSet withGroupId(String value) {
    return with("groupId", value);
  }

  public MediaTrackConstraintSet withGroupId(ConstrainDOMStringParameters value) {
    return with("groupId", value);
  }

  public @Nullable ConstrainBooleanParameters backgroundBlur() {
    return flag("backgroundBlur");
  }

  public MediaTrackConstraintSet withBackgroundBlur(boolean value) {
    return with("backgroundBlur", value);
  }

  public MediaTrackConstraintSet withBackgroundBlur(ConstrainBooleanParameters value) {
    return with("backgroundBlur", value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MediaTrackConstraintSet that && values.equals(that.values);
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
