package org.klatsch.webrtc;

/// `tonechange`: a tone begins, or with an empty tone all are sent, W3C WebRTC §7.3.
public final class RTCDTMFToneChangeEvent extends Event {
  private final String tone;

  public RTCDTMFToneChangeEvent(String type) {
    this(type, new RTCDTMFToneChangeEventInit());
  }

  public RTCDTMFToneChangeEvent(String type, RTCDTMFToneChangeEventInit init) {
    super(type);
    this.tone = init.tone();
  }

  public String tone() {
    return tone;
  }
}
