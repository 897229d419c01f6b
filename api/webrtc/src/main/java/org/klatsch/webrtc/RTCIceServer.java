package org.klatsch.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A STUN or TURN server, W3C WebRTC §4.2.2.
///
/// @param urls `stun:host[:port]` (RFC 7064) and alike, several of one server
/// @param username for TURN
/// @param credential for TURN
public record RTCIceServer(
    List<String> urls, @Nullable String username, @Nullable String credential) {
  public RTCIceServer {
    urls = List.copyOf(urls);
  }

  public RTCIceServer(String... urls) {
    this(List.of(urls), null, null);
  }

  public RTCIceServer(String url, @Nullable String username, @Nullable String credential) {
    this(List.of(url), username, credential);
  }

  /// Never shows the credential.
  @Override
  public String toString() {
    return "RTCIceServer" + urls;
  }
}
