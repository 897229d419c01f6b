package org.klatsch.webrtc;

import java.util.List;

/// `track`: a peer sends a track, W3C WebRTC §5.7.
public final class RTCTrackEvent extends Event {
  private final RTCRtpReceiver receiver;
  private final MediaStreamTrack track;
  private final List<MediaStream> streams;
  private final RTCRtpTransceiver transceiver;

  public RTCTrackEvent(String type, RTCTrackEventInit init) {
    super(type);
    this.receiver = init.receiver();
    this.track = init.track();
    this.streams = init.streams();
    this.transceiver = init.transceiver();
  }

  public RTCRtpReceiver receiver() {
    return receiver;
  }

  public MediaStreamTrack track() {
    return track;
  }

  /// The streams that the peer put the track into.
  public List<MediaStream> streams() {
    return streams;
  }

  public RTCRtpTransceiver transceiver() {
    return transceiver;
  }
}
