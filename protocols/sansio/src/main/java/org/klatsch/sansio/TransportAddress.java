package org.klatsch.sansio;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An IP address, a port and the protocol it is a port of, RFC 8445 §4. A value of our own: unlike
/// `InetSocketAddress` it never looks up a name and is made without allocation of anything else.
/// Addresses are those of UDP unless [#withProtocol] says otherwise.
///
/// @param family IPv4 or IPv6; an IPv4-mapped IPv6 address stays IPv6 and is not equal to its IPv4
///   form
/// @param high the upper 64 bits of an IPv6 address; 0 for IPv4
/// @param low the lower 64 bits of an IPv6 address; the 32 bits of an IPv4 address
/// @param port 0 to 65535
/// @param scopeId the interface index of a link-local IPv6 address (RFC 4007), else 0
/// @param protocol what the port belongs to
public record TransportAddress(
    Family family, long high, long low, int port, int scopeId, Protocol protocol) {
  /// The address families.
  public enum Family {
    IPV4,
    IPV6
  }

  /// The transport protocols.
  public enum Protocol {
    UDP,

    /// A stream, which carries packets in frames.
    TCP
  }

  public TransportAddress {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
    }
    if (family == Family.IPV4 && (high != 0 || low >>> 32 != 0 || scopeId != 0)) {
      throw new IllegalArgumentException("not an IPv4 address: more than 32 bits, or a scope");
    }
  }

  /// As records have it; written out because every packet's addresses are compared, where the port
  /// mostly tells two apart.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof TransportAddress that
            && port == that.port
            && low == that.low
            && high == that.high
            && family == that.family
            && scopeId == that.scopeId
            && protocol == that.protocol;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (Long.hashCode(high) * 31 + Long.hashCode(low)) + port)
        + 31 * scopeId
        + family.ordinal()
        + 2 * protocol.ordinal();
  }

  /// An IPv4 address from its 32 bits.
  public static TransportAddress ofIpv4(int address, int port) {
    return new TransportAddress(
        Family.IPV4, 0, Integer.toUnsignedLong(address), port, 0, Protocol.UDP);
  }

  /// An IPv6 address without scope.
  public static TransportAddress ofIpv6(long high, long low, int port) {
    return new TransportAddress(Family.IPV6, high, low, port, 0, Protocol.UDP);
  }

  /// An address from its 4 or 16 bytes in network order.
  public static TransportAddress of(byte[] address, int port) {
    return switch (address.length) {
      case 4 -> ofIpv4((int) bits(address, 0, 4), port);
      case 16 -> ofIpv6(bits(address, 0, 8), bits(address, 8, 8), port);
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + address.length);
    };
  }

  /// Parses a literal: dotted IPv4, or IPv6 as in RFC 4291 §2.2 with an optional numeric scope
  /// (`fe80::1%2`). A name is refused, never looked up.
  public static TransportAddress parse(String literal, int port) {
    TransportAddress address = tryParse(literal, port);
    if (address == null) {
      throw new IllegalArgumentException("not an IP address: \"" + literal + "\"");
    }
    return address;
  }

  /// Like [#parse], with null for anything that is no literal, such as a host name.
  public static @Nullable TransportAddress tryParse(String literal, int port) {
    return literal.indexOf(':') < 0 ? parseIpv4(literal, port) : parseIpv6(literal, port);
  }

  private static @Nullable TransportAddress parseIpv4(String literal, int port) {
    long bits = parseIpv4Bits(literal);
    return bits < 0 ? null : ofIpv4((int) bits, port);
  }

  private static long parseIpv4Bits(String literal) {
    long bits = 0;
    int parts = 0;
    int digits = 0;
    int part = 0;
    for (int i = 0; i <= literal.length(); i++) {
      char c = i < literal.length() ? literal.charAt(i) : '.';
      if (c == '.') {
        if (digits == 0 || parts == 4) {
          return -1;
        }
        bits = bits << 8 | part;
        parts++;
        digits = 0;
        part = 0;
      } else if (c >= '0' && c <= '9') {
        part = part * 10 + (c - '0');
        digits++;
        if (digits > 3 || part > 255) {
          return -1;
        }
      } else {
        return -1;
      }
    }
    return parts == 4 ? bits : -1;
  }

  private static @Nullable TransportAddress parseIpv6(String literal, int port) {
    String text = literal;
    int scope = 0;
    int percent = text.indexOf('%');
    if (percent >= 0) {
      String zone = text.substring(percent + 1);
      if (zone.isEmpty()
          || zone.length() > 9
          || !zone.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      scope = Integer.parseInt(zone);
      text = text.substring(0, percent);
    }
    int[] groups = new int[8];
    int count = 0;
    int gap = -1;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    }
    while (i < text.length()) {
      int end = text.indexOf(':', i);
      if (end < 0) {
        end = text.length();
      }
      String group = text.substring(i, end);
      if (group.indexOf('.') >= 0) {
        long bits = parseIpv4Bits(group);
        if (bits < 0 || end != text.length() || count > 6) {
          return null;
        }
        groups[count++] = (int) (bits >>> 16);
        groups[count++] = (int) bits & 0xffff;
        i = end;
        break;
      }
      if (group.isEmpty() || group.length() > 4 || count == 8) {
        return null;
      }
      int value = 0;
      for (int j = 0; j < group.length(); j++) {
        char c = group.charAt(j);
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          return null;
        }
        value = value << 4 | digit;
      }
      groups[count++] = value;
      i = end + 1;
      if (end < text.length() && i == text.length()) {
        return null; // A single colon at the end.
      }
      if (i < text.length() && text.charAt(i) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = count;
        i++;
      }
    }
    if (gap < 0 ? count != 8 : count > 7) {
      return null;
    }
    if (gap >= 0) {
      int tail = count - gap;
      System.arraycopy(groups, gap, groups, 8 - tail, tail);
      Arrays.fill(groups, gap, 8 - tail, 0);
    }
    long high = 0;
    long low = 0;
    for (int j = 0; j < 4; j++) {
      high = high << 16 | groups[j];
      low = low << 16 | groups[j + 4];
    }
    return new TransportAddress(Family.IPV6, high, low, port, scope, Protocol.UDP);
  }

  private static long bits(byte[] bytes, int offset, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (bytes[offset + i] & 0xff);
    }
    return value;
  }

  public boolean isIpv4() {
    return family == Family.IPV4;
  }

  public boolean isIpv6() {
    return family == Family.IPV6;
  }

  /// The same address with another port.
  public TransportAddress withPort(int newPort) {
    return newPort == port
        ? this
        : new TransportAddress(family, high, low, newPort, scopeId, protocol);
  }

  /// Whether the port is one of TCP.
  public boolean isTcp() {
    return protocol == Protocol.TCP;
  }

  /// The same address with another scope.
  public TransportAddress withScopeId(int newScopeId) {
    return newScopeId == scopeId
        ? this
        : new TransportAddress(family, high, low, port, newScopeId, protocol);
  }

  /// The same address and port of another protocol.
  public TransportAddress withProtocol(Protocol newProtocol) {
    return newProtocol == protocol
        ? this
        : new TransportAddress(family, high, low, port, scopeId, newProtocol);
  }

  /// Whether both have the same IP address and scope, whatever the ports.
  public boolean hasSameHost(TransportAddress other) {
    return family == other.family
        && high == other.high
        && low == other.low
        && scopeId == other.scopeId;
  }

  /// The 4 or 16 bytes of the IP address in network order.
  public byte[] addressBytes() {
    byte[] bytes = new byte[isIpv4() ? 4 : 16];
    if (isIpv4()) {
      for (int i = 0; i < 4; i++) {
        bytes[i] = (byte) (low >>> 24 - 8 * i);
      }
    } else {
      for (int i = 0; i < 8; i++) {
        bytes[i] = (byte) (high >>> 56 - 8 * i);
        bytes[i + 8] = (byte) (low >>> 56 - 8 * i);
      }
    }
    return bytes;
  }

  /// 127.0.0.0/8 or ::1.
  public boolean isLoopback() {
    return isIpv4() ? low >>> 24 == 127 : high == 0 && low == 1;
  }

  /// 169.254.0.0/16 or fe80::/10.
  public boolean isLinkLocal() {
    return isIpv4() ? low >>> 16 == 0xa9fe : high >>> 54 == 0xfe80L >>> 6;
  }

  /// 0.0.0.0 or ::.
  public boolean isAnyLocal() {
    return high == 0 && low == 0;
  }

  /// 224.0.0.0/4 or ff00::/8.
  public boolean isMulticast() {
    return isIpv4() ? low >>> 28 == 0xe : high >>> 56 == 0xff;
  }

  /// RFC 1918 space, RFC 6598 shared space, or RFC 4193 unique local addresses.
  public boolean isPrivate() {
    if (isIpv4()) {
      return low >>> 24 == 10
          || low >>> 20 == 0xac1
          || low >>> 16 == 0xc0a8
          || low >>> 22 == 0x6440L >>> 6;
    }
    return high >>> 57 == 0xfcL >>> 1;
  }

  /// ::ffff:0:0/96, RFC 4291 §2.5.5.2.
  public boolean isIpv4Mapped() {
    return isIpv6() && high == 0 && low >>> 32 == 0xffff;
  }

  /// The IP address alone: dotted IPv4, or IPv6 in the canonical form of RFC 5952 with its scope.
  public String host() {
    if (isIpv4()) {
      return (low >>> 24)
          + "."
          + (low >>> 16 & 0xff)
          + "."
          + (low >>> 8 & 0xff)
          + "."
          + (low & 0xff);
    }
    String zone = scopeId == 0 ? "" : "%" + scopeId;
    if (isIpv4Mapped()) {
      return "::ffff:" + ofIpv4((int) low, 0).host() + zone;
    }
    int[] groups = new int[8];
    for (int i = 0; i < 4; i++) {
      groups[i] = (int) (high >>> 48 - 16 * i) & 0xffff;
      groups[i + 4] = (int) (low >>> 48 - 16 * i) & 0xffff;
    }
    // RFC 5952 §4.2: the longest run of at least two zero groups is shortened, the first of equals.
    int gap = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > gapLength) {
        gap = i;
        gapLength = length;
      }
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gap) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]).toLowerCase(Locale.ROOT));
    }
    return text + zone;
  }

  /// `192.0.2.1:5000`, `[2001:db8::1]:5000` or `192.0.2.1:5000/tcp`.
  @Override
  public String toString() {
    return (isIpv4() ? host() + ":" + port : "[" + host() + "]:" + port) + (isTcp() ? "/tcp" : "");
  }
}
