package org.klatsch.webrtc;

/// `datachannel`: the peer opened a channel, W3C WebRTC §6.4.
public final class RTCDataChannelEvent extends Event {
  private final RTCDataChannel channel;

  public RTCDataChannelEvent(String type, RTCDataChannelEventInit init) {
    super(type);
    this.channel = init.channel();
  }

  public RTCDataChannel channel() {
    return channel;
  }
}
