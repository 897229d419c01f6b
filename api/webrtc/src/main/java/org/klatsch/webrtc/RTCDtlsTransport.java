package org.klatsch.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The DTLS connection, W3C WebRTC §5.5.
public final class RTCDtlsTransport extends EventTarget {
  private final RTCIceTransport iceTransport;
  private volatile RTCDtlsTransportState state = RTCDtlsTransportState.NEW;
  private volatile List<byte[]> remoteCertificates = List.of();

  RTCDtlsTransport(RTCIceTransport iceTransport) {
    this.iceTransport = iceTransport;
  }

  public RTCIceTransport iceTransport() {
    return iceTransport;
  }

  public RTCDtlsTransportState state() {
    return state;
  }

  /// The peer's certificate chain in DER form; empty until connected.
  public List<byte[]> getRemoteCertificates() {
    return remoteCertificates.stream().map(byte[]::clone).toList();
  }

  public void onStateChange(@Nullable EventListener<Event> listener) {
    handler("statechange", listener);
  }

  public void onError(@Nullable EventListener<RTCErrorEvent> listener) {
    handler("error", listener);
  }

  void setRemoteCertificates(List<byte[]> der) {
    remoteCertificates = List.copyOf(der);
  }

  void set(RTCDtlsTransportState value) {
    state = value;
  }

  /// Changes the state and tells the listeners, the error first; called by tasks.
  void change(RTCDtlsTransportState value, @Nullable RTCError error) {
    if (state == value || state == RTCDtlsTransportState.CLOSED) {
      return;
    }
    state = value;
    if (error != null) {
      dispatchEvent(new RTCErrorEvent("error", new RTCErrorEventInit(error)));
    }
    dispatchEvent(new Event("statechange"));
  }
}
