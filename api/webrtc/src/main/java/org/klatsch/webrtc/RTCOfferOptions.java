package org.klatsch.webrtc;

/// Options of an offer, W3C WebRTC §4.2.7.
///
/// @param iceRestart whether the offer starts ICE anew
public record RTCOfferOptions(boolean iceRestart) {
  public RTCOfferOptions() {
    this(false);
  }

  public RTCOfferOptions withIceRestart(boolean value) {
    return new RTCOfferOptions(value);
  }
}
