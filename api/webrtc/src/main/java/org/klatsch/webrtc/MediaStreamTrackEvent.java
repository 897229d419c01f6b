package org.klatsch.webrtc;

/// `addtrack` or `removetrack`: a peer changed the tracks of a stream, Media Capture and Streams
/// §7.
public final class MediaStreamTrackEvent extends Event {
  private final MediaStreamTrack track;

  public MediaStreamTrackEvent(String type, MediaStreamTrackEventInit init) {
    super(type);
    this.track = init.track();
  }

  public MediaStreamTrack track() {
    return track;
  }
}
