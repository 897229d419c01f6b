package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How a data channel is made, W3C WebRTC §6.2.1. `new RTCDataChannelInit()` is ordered and
/// reliable; the `with` methods give changed copies.
///
/// @param maxPacketLifeTime milliseconds in which a message is sent again, 0 to 65535, or null
/// @param maxRetransmits how often a message is sent again, 0 to 65535, or null
/// @param protocol the subprotocol, at most 65535 bytes of UTF-8
/// @param negotiated whether both sides make the channel with the same id, without telling each
///   other in band
/// @param id 0 to 65534, only used when negotiated
/// @param priority W3C WebRTC Priority Control §4.3
public record RTCDataChannelInit(
    boolean ordered,
    @Nullable Integer maxPacketLifeTime,
    @Nullable Integer maxRetransmits,
    String protocol,
    boolean negotiated,
    @Nullable Integer id,
    RTCPriorityType priority) {
  public RTCDataChannelInit {
    unsignedShort("maxPacketLifeTime", maxPacketLifeTime);
    unsignedShort("maxRetransmits", maxRetransmits);
    unsignedShort("id", id);
  }

  public RTCDataChannelInit() {
    this(true, null, null, "", false, null, RTCPriorityType.LOW);
  }

  private static void unsignedShort(String name, @Nullable Integer value) {
    if (value != null && (value < 0 || value > 0xffff)) {
      throw DOMException.typeError(name + " " + value + " is not in 0 to 65535");
    }
  }

  public RTCDataChannelInit withOrdered(boolean value) {
    return new RTCDataChannelInit(
        value, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, priority);
  }

  public RTCDataChannelInit withMaxPacketLifeTime(@Nullable Integer value) {
    return new RTCDataChannelInit(
        ordered, value, maxRetransmits, protocol, negotiated, id, priority);
  }

  public RTCDataChannelInit withMaxRetransmits(@Nullable Integer value) {
    return new RTCDataChannelInit(
        ordered, maxPacketLifeTime, value, protocol, negotiated, id, priority);
  }

  public RTCDataChannelInit withProtocol(String value) {
    return new RTCDataChannelInit(
        ordered, maxPacketLifeTime, maxRetransmits, value, negotiated, id, priority);
  }

  public RTCDataChannelInit withNegotiated(boolean value) {
    return new RTCDataChannelInit(
        ordered, maxPacketLifeTime, maxRetransmits, protocol, value, id, priority);
  }

  public RTCDataChannelInit withId(@Nullable Integer value) {
    return new RTCDataChannelInit(
        ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, value, priority);
  }

  public RTCDataChannelInit withPriority(RTCPriorityType value) {
    return new RTCDataChannelInit(
        ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, value);
  }
}
