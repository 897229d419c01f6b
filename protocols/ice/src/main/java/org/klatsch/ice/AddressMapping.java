package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// A static mapping of a NAT in front of this host, known by its configuration: what a server in a
/// cloud or behind a forwarded port tells its peers without asking anybody.
///
/// @param internal an interface's address; a wildcard stands for all addresses of its family, port
///   0 for all ports
/// @param external what peers reach it by; port 0 stands for the internal port
/// @param replaces whether the external address takes the place of the internal one in host
///   candidates; else it is told beside it, as a server-reflexive candidate
public record AddressMapping(
    TransportAddress internal, TransportAddress external, boolean replaces) {
  public AddressMapping {
    if (internal.family() != external.family()) {
      throw new IllegalArgumentException(
          internal.host() + " cannot be mapped to " + external.host() + " of another family");
    }
    if (external.isAnyLocal() || external.isMulticast()) {
      throw new IllegalArgumentException(external.host() + " is no address to reach a host by");
    }
  }

  /// Reads `external` or `external/internal`, each an IP address with or without a port:
  /// `203.0.113.5`, `203.0.113.5:443/10.0.0.2:5000`, `[2001:db8::5]:443`.
  ///
  /// @throws IllegalArgumentException for anything else
  public static AddressMapping parse(String text, boolean replaces) {
    int slash = text.indexOf('/');
    TransportAddress external = address(slash < 0 ? text : text.substring(0, slash));
    TransportAddress internal =
        slash >= 0
            ? address(text.substring(slash + 1))
            : external.isIpv4() ? TransportAddress.ofIpv4(0, 0) : TransportAddress.ofIpv6(0, 0, 0);
    return new AddressMapping(internal, external, replaces);
  }

  private static TransportAddress address(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean hasPort =
        bracketed ? colon > text.indexOf(']') : colon >= 0 && colon == text.indexOf(':');
    String host = hasPort ? text.substring(0, colon) : text;
    if (bracketed && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    String port = hasPort ? text.substring(colon + 1) : "0";
    if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("\"" + text + "\" has no port behind the colon");
    }
    return TransportAddress.parse(host, Integer.parseInt(port));
  }

  /// What peers reach a base by, or null when this mapping is not about it.
  @Nullable TransportAddress map(TransportAddress base) {
    boolean matches =
        base.family() == internal.family()
            && (internal.isAnyLocal()
                ? !base.isLoopback() && !base.isLinkLocal()
                : internal.hasSameHost(base.withScopeId(0)))
            && (internal.port() == 0 || internal.port() == base.port());
    if (!matches) {
      return null;
    }
    boolean keepsPort = external.port() == 0 || LocalCandidate.tcpType(base) == TcpType.ACTIVE;
    return external
        .withPort(keepsPort ? base.port() : external.port())
        .withProtocol(base.protocol());
  }
}
