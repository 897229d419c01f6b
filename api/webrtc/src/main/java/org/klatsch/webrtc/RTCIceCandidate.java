package org.klatsch.webrtc;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.MalformedSdpException;

/// An address where a peer may be reached, W3C WebRTC §4.8.1. The parsed fields are null when the
/// text is empty or cannot be read. Immutable.
public final class RTCIceCandidate {
  private final RTCIceCandidateInit init;
  private final @Nullable CandidateAttribute parsed;
  private final @Nullable RTCIceServerTransportProtocol relayProtocol;
  private final @Nullable String url;

  /// @throws DOMException a TypeError when neither `sdpMid` nor `sdpMLineIndex` is given
  public RTCIceCandidate(RTCIceCandidateInit init) {
    this(new RTCLocalIceCandidateInit(init, null, null));
  }

  public RTCIceCandidate(RTCLocalIceCandidateInit local) {
    this.init = local.init();
    if (init.sdpMid() == null && init.sdpMLineIndex() == null) {
      throw DOMException.typeError("a candidate needs sdpMid or sdpMLineIndex");
    }
    this.parsed = parse(init.candidate());
    this.relayProtocol = local.relayProtocol();
    this.url = local.url();
  }

  private static @Nullable CandidateAttribute parse(String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return CandidateAttribute.parse(text);
    } catch (MalformedSdpException e) {
      return null; // W3C WebRTC §4.8.1.1: the fields are null, adding the candidate fails.
    }
  }

  /// The candidate-attribute of RFC 8839 §5.1; empty at the end of candidates.
  public String candidate() {
    return init.candidate();
  }

  public @Nullable String sdpMid() {
    return init.sdpMid();
  }

  public @Nullable Integer sdpMLineIndex() {
    return init.sdpMLineIndex();
  }

  /// Equal for candidates of the same origin.
  public @Nullable String foundation() {
    return parsed == null ? null : parsed.foundation();
  }

  public @Nullable RTCIceComponent component() {
    if (parsed == null) {
      return null;
    }
    return parsed.component() == 1 ? RTCIceComponent.RTP : RTCIceComponent.RTCP;
  }

  public @Nullable Long priority() {
    return parsed == null ? null : parsed.priority();
  }

  /// An IP address, or a name of multicast DNS that hides one.
  public @Nullable String address() {
    return parsed == null ? null : parsed.address();
  }

  public @Nullable RTCIceProtocol protocol() {
    if (parsed == null) {
      return null;
    }
    return switch (parsed.transport().toLowerCase(Locale.ROOT)) {
      case "udp" -> RTCIceProtocol.UDP;
      case "tcp" -> RTCIceProtocol.TCP;
      default -> null;
    };
  }

  public @Nullable Integer port() {
    return parsed == null ? null : parsed.port();
  }

  public @Nullable RTCIceCandidateType type() {
    if (parsed == null) {
      return null;
    }
    return switch (parsed.type()) {
      case "host" -> RTCIceCandidateType.HOST;
      case "srflx" -> RTCIceCandidateType.SRFLX;
      case "prflx" -> RTCIceCandidateType.PRFLX;
      case "relay" -> RTCIceCandidateType.RELAY;
      default -> null;
    };
  }

  public @Nullable RTCIceTcpCandidateType tcpType() {
    String value = extension("tcptype");
    return value == null
        ? null
        : switch (value) {
          case "active" -> RTCIceTcpCandidateType.ACTIVE;
          case "passive" -> RTCIceTcpCandidateType.PASSIVE;
          case "so" -> RTCIceTcpCandidateType.SO;
          default -> null;
        };
  }

  public @Nullable String relatedAddress() {
    return parsed == null ? null : parsed.relatedAddress();
  }

  public @Nullable Integer relatedPort() {
    return parsed == null || parsed.relatedPort() < 0 ? null : parsed.relatedPort();
  }

  public @Nullable String usernameFragment() {
    String given = init.usernameFragment();
    return given != null ? given : extension("ufrag");
  }

  /// How the relay is reached; only for local relay candidates.
  public @Nullable RTCIceServerTransportProtocol relayProtocol() {
    return relayProtocol;
  }

  /// The server that told the candidate; only for local ones.
  public @Nullable String url() {
    return url;
  }

  private @Nullable String extension(String name) {
    if (parsed != null) {
      for (CandidateAttribute.Extension each : parsed.extensions()) {
        if (each.name().equals(name)) {
          return each.value();
        }
      }
    }
    return null;
  }

  /// The candidate in the form in which it is added.
  public RTCIceCandidateInit toInit() {
    return new RTCIceCandidateInit(
        init.candidate(), init.sdpMid(), init.sdpMLineIndex(), usernameFragment());
  }

  /// The candidate as JSON, as browsers write it.
  public String toJSON() {
    return toInit().toJSON();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RTCIceCandidate that && toInit().equals(that.toInit());
  }

  @Override
  public int hashCode() {
    return Objects.hash(init.candidate(), init.sdpMid(), init.sdpMLineIndex());
  }

  @Override
  public String toString() {
    return candidate();
  }
}
