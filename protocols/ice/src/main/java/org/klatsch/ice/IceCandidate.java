package org.klatsch.ice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;

/// A candidate as it is signalled: the candidate attribute of RFC 8839 §5.1.
///
/// ```
/// candidate:1 1 udp 2122265343 192.0.2.2 4711 typ srflx raddr 10.0.0.2 rport 5000 ufrag abcd
/// ```
///
/// @param foundation equal for candidates that fail and succeed together, RFC 8445 §5.1.1.3
/// @param component 1 to 256; 1 is RTP, or everything when multiplexed
/// @param transport in lower case; anything but `udp` and `tcp` is kept and not used for pairs
/// @param priority unsigned 32 bits, RFC 8445 §5.1.2
/// @param host an IP address, or a name such as those of multicast DNS
/// @param port 0 to 65535; 9 for active TCP candidates
/// @param relatedHost the base of a reflexive candidate, or null
/// @param relatedPort the port that goes with it, or 0
/// @param tcpType of a TCP candidate, RFC 6544 §4.5, or null
/// @param extensions further attributes in the order read, such as `ufrag` (RFC 8838 §18.4)
public record IceCandidate(
    String foundation,
    int component,
    String transport,
    long priority,
    String host,
    int port,
    CandidateType type,
    @Nullable String relatedHost,
    int relatedPort,
    @Nullable TcpType tcpType,
    List<Extension> extensions) {
  /// The longest line that is read; browsers' have about 150 characters.
  private static final int MAX_LENGTH = 1024;

  private static final String PREFIX = "candidate:";

  /// An attribute of a candidate beyond the grammar's fixed part.
  public record Extension(String name, String value) {
    public Extension {
      requireToken(name);
      requireToken(value);
    }
  }

  public IceCandidate {
    requireToken(foundation);
    requireToken(host);
    if (component < 1 || component > 256) {
      throw new IllegalArgumentException("component " + component + " is not in 1 to 256");
    }
    if (priority < 0 || priority > 0xffffffffL) {
      throw new IllegalArgumentException("priority " + priority + " is not in 0 to 2^32 - 1");
    }
    if (port < 0 || port > 0xffff || relatedPort < 0 || relatedPort > 0xffff) {
      throw new IllegalArgumentException(
          "port " + port + " or " + relatedPort + " is not in 0 to 65535");
    }
    extensions = List.copyOf(extensions);
  }

  /// A candidate of component 1.
  static IceCandidate of(
      String foundation,
      long priority,
      TransportAddress address,
      CandidateType type,
      @Nullable TransportAddress related,
      @Nullable TcpType tcpType) {
    return new IceCandidate(
        foundation,
        1,
        address.isTcp() ? "tcp" : "udp",
        priority,
        address.withScopeId(0).host(),
        address.port(),
        type,
        related == null ? null : related.withScopeId(0).host(),
        related == null ? 0 : related.port(),
        tcpType,
        List.of());
  }

  /// Parses the attribute, with or without a leading `a=`. Tolerant of what is in the field: any
  /// case of the transport, foundations longer than 32 characters, unknown extensions, a name
  /// without a value at the end.
  public static IceCandidate parse(String line) throws MalformedIceException {
    if (line.length() > MAX_LENGTH) {
      throw new MalformedIceException("a candidate of " + line.length() + " characters");
    }
    String text = line.strip();
    if (text.startsWith("a=")) {
      text = text.substring(2);
    }
    if (text.startsWith(PREFIX)) {
      text = text.substring(PREFIX.length());
    }
    List<String> tokens = new ArrayList<>();
    for (String token : text.split(" ")) {
      if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    if (tokens.size() < 8 || !tokens.get(6).equalsIgnoreCase("typ")) {
      throw new MalformedIceException("no candidate: \"" + excerpt(text) + "\"");
    }
    CandidateType type = CandidateType.ofToken(tokens.get(7).toLowerCase(Locale.ROOT));
    if (type == null) {
      throw new MalformedIceException("candidate type \"" + excerpt(tokens.get(7)) + "\"");
    }
    String relatedHost = null;
    int relatedPort = 0;
    TcpType tcpType = null;
    List<Extension> extensions = new ArrayList<>();
    try {
      for (int i = 8; i + 1 < tokens.size(); i += 2) {
        String name = tokens.get(i);
        String value = tokens.get(i + 1);
        switch (name) {
          case "raddr" -> relatedHost = value;
          case "rport" -> relatedPort = (int) number("rport", value, 0xffff);
          case "tcptype" -> tcpType = TcpType.ofToken(value.toLowerCase(Locale.ROOT));
          default -> extensions.add(new Extension(name, value));
        }
      }
      IceCandidate candidate =
          new IceCandidate(
              tokens.get(0),
              (int) number("component", tokens.get(1), 256),
              tokens.get(2).toLowerCase(Locale.ROOT),
              number("priority", tokens.get(3), 0xffffffffL),
              tokens.get(4),
              (int) number("port", tokens.get(5), 0xffff),
              type,
              relatedHost,
              relatedHost == null ? 0 : relatedPort, // A port without address says nothing.
              tcpType,
              extensions);
      // Written with all that may be left out, it may have grown.
      String written = candidate.toString();
      if (written.length() > MAX_LENGTH) {
        throw new MalformedIceException("a candidate of " + written.length() + " characters");
      }
      return candidate;
    } catch (IllegalArgumentException e) {
      throw new MalformedIceException(Objects.requireNonNullElse(e.getMessage(), "no candidate"));
    }
  }

  private static long number(String what, String text, long max) throws MalformedIceException {
    boolean digits = !text.isEmpty() && text.length() <= 10;
    for (int i = 0; digits && i < text.length(); i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    long value = digits ? Long.parseLong(text) : -1;
    if (value < 0 || value > max) {
      throw new MalformedIceException(what + " \"" + excerpt(text) + "\" is not in 0 to " + max);
    }
    return value;
  }

  private static void requireToken(String text) {
    boolean valid = !text.isEmpty();
    for (int i = 0; valid && i < text.length(); i++) {
      valid = text.charAt(i) > ' ' && text.charAt(i) != 127;
    }
    if (!valid) {
      throw new IllegalArgumentException("\"" + excerpt(text) + "\" is no token");
    }
  }

  private static String excerpt(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /// The address and port, or null when [#host()] is a name.
  public @Nullable TransportAddress address() {
    TransportAddress address = TransportAddress.tryParse(host, port);
    return address == null || !isTcp() ? address : address.withProtocol(Protocol.TCP);
  }

  /// Whether this is a UDP candidate.
  public boolean isUdp() {
    return transport.equals("udp");
  }

  /// Whether this is a TCP candidate, RFC 6544.
  public boolean isTcp() {
    return transport.equals("tcp");
  }

  /// Whether [#host()] is a name that multicast DNS resolves: one label before `.local`
  /// (draft-ietf-mmusic-mdns-ice-candidates §3.2.1).
  public boolean isMulticastDnsName() {
    int dot = host.length() - ".local".length();
    return dot > 0
        && host.indexOf('.') == dot
        && host.regionMatches(true, dot, ".local", 0, ".local".length());
  }

  /// The value of an extension, or null.
  public @Nullable String extension(String name) {
    for (Extension extension : extensions) {
      if (extension.name().equals(name)) {
        return extension.value();
      }
    }
    return null;
  }

  /// The same candidate with an extension added.
  public IceCandidate withExtension(String name, String value) {
    List<Extension> more = new ArrayList<>(extensions);
    more.add(new Extension(name, value));
    return new IceCandidate(
        foundation,
        component,
        transport,
        priority,
        host,
        port,
        type,
        relatedHost,
        relatedPort,
        tcpType,
        more);
  }

  /// The same candidate at another host, as after resolving its name.
  public IceCandidate withHost(String newHost) {
    return new IceCandidate(
        foundation,
        component,
        transport,
        priority,
        newHost,
        port,
        type,
        relatedHost,
        relatedPort,
        tcpType,
        extensions);
  }

  /// The attribute with its name and without `a=`: what SDP and the W3C API carry.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(128);
    text.append(PREFIX).append(foundation).append(' ').append(component).append(' ');
    text.append(transport).append(' ').append(priority).append(' ').append(host).append(' ');
    text.append(port).append(" typ ").append(type);
    if (relatedHost != null) {
      text.append(" raddr ").append(relatedHost).append(" rport ").append(relatedPort);
    }
    if (tcpType != null) {
      text.append(" tcptype ").append(tcpType);
    }
    for (Extension extension : extensions) {
      text.append(' ').append(extension.name()).append(' ').append(extension.value());
    }
    return text.toString();
  }
}
