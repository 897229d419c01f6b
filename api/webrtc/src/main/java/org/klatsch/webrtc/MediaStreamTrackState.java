package org.klatsch.webrtc;

/// Whether a track can still give media, Media Capture and Streams §4.3.2.
public enum MediaStreamTrackState {
  LIVE("live"),
  ENDED("ended");

  private final String value;

  MediaStreamTrackState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static MediaStreamTrackState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
