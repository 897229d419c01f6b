package org.klatsch.webrtc;

import java.util.List;

/// The arguments of an [RTCTrackEvent], W3C WebRTC §5.7.
public record RTCTrackEventInit(
    RTCRtpReceiver receiver,
    MediaStreamTrack track,
    List<MediaStream> streams,
    RTCRtpTransceiver transceiver) {
  public RTCTrackEventInit {
    streams = List.copyOf(streams);
  }
}
