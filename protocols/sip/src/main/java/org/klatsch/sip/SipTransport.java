package org.klatsch.sip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The transports of SIP: RFC 3261 §18, and WebSocket of RFC 7118 §5.
public enum SipTransport {
  UDP(false, false, 5060),
  TCP(true, false, 5060),
  TLS(true, true, 5061),
  WS(true, false, 80),
  WSS(true, true, 443);

  private final boolean reliable;
  private final boolean secure;
  private final int defaultPort;

  SipTransport(boolean reliable, boolean secure, int defaultPort) {
    this.reliable = reliable;
    this.secure = secure;
    this.defaultPort = defaultPort;
  }

  /// Whether messages arrive without being sent again, RFC 3261 §17.
  public boolean isReliable() {
    return reliable;
  }

  /// Whether messages are encrypted, as the `sips` scheme demands.
  public boolean isSecure() {
    return secure;
  }

  public boolean isWebSocket() {
    return this == WS || this == WSS;
  }

  /// The port where none is named, RFC 3261 §18.1.1 and RFC 7118 §5.1.
  public int defaultPort() {
    return defaultPort;
  }

  /// The value of a URI's `transport` parameter: WSS and TLS are said by the scheme, so theirs is
  /// that of the transport below (RFC 3261 §26.2.2, RFC 7118 §5.2).
  public String parameter() {
    return switch (this) {
      case UDP -> "udp";
      case TCP -> "tcp";
      case TLS -> "tls";
      case WS, WSS -> "ws";
    };
  }

  /// The transport of a Via header or a `transport` parameter; null for one unknown here.
  public static @Nullable SipTransport of(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "UDP" -> UDP;
      case "TCP" -> TCP;
      case "TLS" -> TLS;
      case "WS" -> WS;
      case "WSS" -> WSS;
      default -> null;
    };
  }
}
