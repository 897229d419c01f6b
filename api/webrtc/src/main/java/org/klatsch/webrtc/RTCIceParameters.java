package org.klatsch.webrtc;

/// The credentials of an ICE agent, W3C WebRTC §5.6.1.
///
/// @param iceLite whether the agent is lite, RFC 8445 §2.5
public record RTCIceParameters(String usernameFragment, String password, boolean iceLite) {
  /// Never shows the password.
  @Override
  public String toString() {
    return "RTCIceParameters[" + usernameFragment + "]";
  }
}
