package org.klatsch.webrtc;

/// The arguments of an [RTCDTMFToneChangeEvent], W3C WebRTC §7.3.
public record RTCDTMFToneChangeEventInit(String tone) {
  public RTCDTMFToneChangeEventInit() {
    this("");
  }
}
