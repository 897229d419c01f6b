package org.klatsch.webrtc;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The argument checks of W3C WebRTC §4.4.1.6 and §6.1.
final class ConfigurationCheck {
  private static final int MAX_STRING = 65_535;

  private ConfigurationCheck() {}

  static void check(RTCConfiguration configuration, Instant now) {
    for (RTCCertificate certificate : configuration.certificates()) {
      if (certificate.expires() <= now.toEpochMilli()) {
        throw DOMException.invalidAccess(
            "a certificate expired at " + Instant.ofEpochMilli(certificate.expires()));
      }
    }
    for (RTCIceServer server : configuration.iceServers()) {
      if (server.urls().isEmpty()) {
        throw DOMException.syntax("an ICE server without URL");
      }
      for (String url : server.urls()) {
        IceServerUrl parsed = IceServerUrl.parse(url);
        if (parsed.isTurn() && (server.username() == null || server.credential() == null)) {
          throw DOMException.invalidAccess(url + " needs a username and a credential");
        }
      }
    }
  }

  static void checkChange(RTCConfiguration old, RTCConfiguration value, Snapshot state) {
    if (!value.certificates().isEmpty() && !same(old, value)) {
      throw DOMException.invalidModification("the certificates cannot be changed");
    }
    if (value.bundlePolicy() != old.bundlePolicy()) {
      throw DOMException.invalidModification(
          "bundlePolicy " + value.bundlePolicy() + ", it was " + old.bundlePolicy());
    }
    if (value.rtcpMuxPolicy() != old.rtcpMuxPolicy()) {
      throw DOMException.invalidModification(
          "rtcpMuxPolicy " + value.rtcpMuxPolicy() + ", it was " + old.rtcpMuxPolicy());
    }
    boolean described =
        state.currentLocalDescription() != null || state.pendingLocalDescription() != null;
    if (described && value.iceCandidatePoolSize() != old.iceCandidatePoolSize()) {
      throw DOMException.invalidModification(
          "iceCandidatePoolSize cannot change after a local description was set");
    }
  }

  private static boolean same(RTCConfiguration a, RTCConfiguration b) {
    Set<RTCCertificate> certificates = new HashSet<>(a.certificates());
    return a.certificates().size() == b.certificates().size()
        && certificates.containsAll(b.certificates());
  }

  static void checkChannel(String label, RTCDataChannelInit init) {
    checkLength("label", label);
    checkLength("protocol", init.protocol());
    if (init.negotiated() && init.id() == null) {
      throw DOMException.typeError("a negotiated channel needs an id");
    }
    if (init.maxPacketLifeTime() != null && init.maxRetransmits() != null) {
      throw DOMException.typeError("maxPacketLifeTime and maxRetransmits exclude each other");
    }
    Integer id = init.negotiated() ? init.id() : null;
    if (id != null && id == MAX_STRING) {
      throw DOMException.typeError("id 65535 is not in 0 to 65534");
    }
  }

  private static void checkLength(String name, @Nullable String value) {
    int length = value == null ? 0 : value.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_STRING) {
      throw DOMException.typeError(name + " has " + length + " bytes, more than " + MAX_STRING);
    }
  }
}
