package org.klatsch.sip;

import java.util.Locale;

/// A host with an optional port: `sent-by` of a Via, or the place a URI names, RFC 3261 §25.1.
///
/// @param host a name, a dotted IPv4 address or an IPv6 address in brackets
/// @param port -1 where none is named
public record HostPort(String host, int port) {
  public HostPort {
    if (!Grammar.isHost(host)) {
      throw new IllegalArgumentException("not a host: \"" + host + "\"");
    }
    if (port < -1 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
    }
  }

  /// A host without port.
  public static HostPort of(String host) {
    return new HostPort(host, -1);
  }

  /// The port, or the one given where none is named.
  public int portOr(int defaultPort) {
    return port < 0 ? defaultPort : port;
  }

  /// Names are compared without regard to case, RFC 3261 §19.1.4.
  public boolean hasSameHost(HostPort other) {
    return host.toLowerCase(Locale.ROOT).equals(other.host.toLowerCase(Locale.ROOT));
  }

  /// Parses `host` or `host:port`, with white space around the colon as a Via may have it.
  static HostPort parse(Scanner in) throws MalformedSipException {
    String host = in.host();
    int mark = in.position();
    in.skipSpace();
    if (!in.peek(':')) {
      in.position(mark);
      return new HostPort(host, -1);
    }
    in.expect(':');
    in.skipSpace();
    return new HostPort(host, in.port());
  }

  @Override
  public String toString() {
    return port < 0 ? host : host + ":" + port;
  }
}
