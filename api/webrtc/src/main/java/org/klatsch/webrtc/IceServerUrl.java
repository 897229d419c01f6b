package org.klatsch.webrtc;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.turn.TurnTransport;

/// The URL of a STUN (RFC 7064 §3.1) or TURN (RFC 7065 §3.1) server.
///
/// @param scheme `stun`, `stuns`, `turn` or `turns`
/// @param host a name or an IP address without brackets
/// @param transport `udp`, `tcp`, or null when not given
record IceServerUrl(String url, String scheme, String host, int port, @Nullable String transport) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(stuns?|turns?):(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::([0-9]{1,5}))?"
              + "(?:\\?transport=([A-Za-z0-9_-]+))?",
          Pattern.CASE_INSENSITIVE);

  static IceServerUrl parse(String url) {
    Matcher matcher = SYNTAX.matcher(url);
    if (!matcher.matches()) {
      throw DOMException.syntax("\"" + url + "\" is no STUN or TURN URL");
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    String host = matcher.group(2);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    String transport = matcher.group(4);
    if (transport != null) {
      transport = transport.toLowerCase(Locale.ROOT);
      if (scheme.startsWith("stun")) {
        throw DOMException.syntax("\"" + url + "\": a STUN URL has no transport");
      }
      if (!transport.equals("udp") && !transport.equals("tcp")) {
        throw DOMException.syntax("\"" + url + "\": transport is neither udp nor tcp");
      }
    }
    // RFC 7064 §3.2 and RFC 7065 §3.2: 3478, with TLS 5349.
    int port = scheme.endsWith("s") ? 5349 : 3478;
    if (matcher.group(3) != null) {
      port = Integer.parseInt(matcher.group(3));
      if (port < 1 || port > 65_535) {
        throw DOMException.syntax("\"" + url + "\": port " + port + " is not in 1 to 65535");
      }
    }
    return new IceServerUrl(url, scheme, host, port, transport);
  }

  /// Whether this is a STUN server that can be asked: over UDP. What is seen of a connection of TCP
  /// or TLS leads nowhere, as nobody else can use it.
  boolean isStunOverUdp() {
    return scheme.equals("stun");
  }

  /// RFC 7065 §3.2: UDP unless said otherwise; with `turns`, TLS unless DTLS is asked for.
  TurnTransport turnTransport() {
    return scheme.equals("turns")
        ? "udp".equals(transport) ? TurnTransport.DTLS : TurnTransport.TLS
        : "tcp".equals(transport) ? TurnTransport.TCP : TurnTransport.UDP;
  }

  boolean isTurn() {
    return scheme.startsWith("turn");
  }
}
