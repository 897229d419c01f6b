package org.klatsch.webrtc;

import java.util.List;

/// How a transceiver begins, W3C WebRTC §4.4.2.
///
/// @param streams which the peer is told to put the track into
/// @param sendEncodings several for simulcast, each with a rid
public record RTCRtpTransceiverInit(
    RTCRtpTransceiverDirection direction,
    List<MediaStream> streams,
    List<RTCRtpEncodingParameters> sendEncodings) {
  public RTCRtpTransceiverInit {
    streams = List.copyOf(streams);
    sendEncodings = List.copyOf(sendEncodings);
  }

  public RTCRtpTransceiverInit() {
    this(RTCRtpTransceiverDirection.SENDRECV, List.of(), List.of());
  }

  public RTCRtpTransceiverInit withDirection(RTCRtpTransceiverDirection value) {
    return new RTCRtpTransceiverInit(value, streams, sendEncodings);
  }

  public RTCRtpTransceiverInit withStreams(MediaStream... value) {
    return new RTCRtpTransceiverInit(direction, List.of(value), sendEncodings);
  }

  public RTCRtpTransceiverInit withSendEncodings(RTCRtpEncodingParameters... value) {
    return new RTCRtpTransceiverInit(direction, streams, List.of(value));
  }
}
