package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// The SCTP association under the data channels, W3C WebRTC §6.1.
public final class RTCSctpTransport extends EventTarget {
  private final RTCDtlsTransport transport;
  private volatile RTCSctpTransportState state = RTCSctpTransportState.CONNECTING;
  private volatile double maxMessageSize;
  private volatile @Nullable Integer maxChannels;

  RTCSctpTransport(RTCDtlsTransport transport) {
    this.transport = transport;
  }

  public RTCDtlsTransport transport() {
    return transport;
  }

  public RTCSctpTransportState state() {
    return state;
  }

  /// The longest message that may be sent, in bytes; infinity when the peer sets no limit.
  public double maxMessageSize() {
    return maxMessageSize;
  }

  /// How many channels there may be at once; null until connected.
  public @Nullable Integer maxChannels() {
    return maxChannels;
  }

  public void onStateChange(@Nullable EventListener<Event> listener) {
    handler("statechange", listener);
  }

  void setMaxMessageSize(long bytes) {
    maxMessageSize = bytes == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : bytes;
  }

  void setMaxChannels(int channels) {
    maxChannels = channels;
  }

  /// Changes the state without an event.
  void set(RTCSctpTransportState value) {
    state = value;
  }

  /// Changes the state and tells the listeners; called by tasks.
  void change(RTCSctpTransportState value) {
    if (state != value && state != RTCSctpTransportState.CLOSED) {
      state = value;
      dispatchEvent(new Event("statechange"));
    }
  }
}
