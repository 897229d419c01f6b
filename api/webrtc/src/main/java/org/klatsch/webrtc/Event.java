package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Something that happened, DOM §2.2. Immutable but for its target, which is set when it is fired.
public sealed class Event
    permits BlobEvent,
        DeviceChangeEvent,
        DtmfReceivedEvent,
        ErrorEvent,
        MediaStreamTrackEvent,
        MessageEvent,
        RTCDTMFToneChangeEvent,
        RTCDataChannelEvent,
        RTCErrorEvent,
        RTCPeerConnectionIceErrorEvent,
        RTCPeerConnectionIceEvent,
        RTCTrackEvent {
  private final String type;
  private @Nullable EventTarget target;

  public Event(String type) {
    this.type = type;
  }

  /// The event's name, for example `icecandidate`.
  public final String type() {
    return type;
  }

  /// The object it was fired at; null until then.
  public final @Nullable EventTarget target() {
    return target;
  }

  final void target(EventTarget value) {
    target = value;
  }

  @Override
  public String toString() {
    return type;
  }
}
