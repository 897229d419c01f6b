package org.klatsch.webrtc;

/// Whether a [MediaRecorder] records, W3C MediaStream Recording §2.5.
public enum RecordingState {
  INACTIVE("inactive"),
  RECORDING("recording"),
  PAUSED("paused");

  private final String value;

  RecordingState(String value) {
    this.value = value;
  }

  public static RecordingState of(String value) {
    return EnumNames.of(values(), value);
  }

  @Override
  public String toString() {
    return value;
  }
}
