package org.klatsch.sansio;

/// A range of IP addresses, as `192.0.2.0/24` or `2001:db8::/32`.
///
/// @param base any address of the range; its port and scope mean nothing
/// @param length how many leading bits are the same, 0 to 32 or 128
public record AddressPrefix(TransportAddress base, int length) {
  public AddressPrefix {
    int bits = base.isIpv4() ? 32 : 128;
    if (length < 0 || length > bits) {
      throw new IllegalArgumentException("prefix length " + length + " is not in 0 to " + bits);
    }
  }

  /// The range of the addresses that share the first `length` bits with `base`.
  public static AddressPrefix of(TransportAddress base, int length) {
    return new AddressPrefix(base, length);
  }

  /// Parses `address/length`; without a length it is the one address.
  public static AddressPrefix parse(String text) {
    int slash = text.indexOf('/');
    TransportAddress base = TransportAddress.parse(slash < 0 ? text : text.substring(0, slash), 0);
    if (slash < 0) {
      return new AddressPrefix(base, base.isIpv4() ? 32 : 128);
    }
    try {
      return new AddressPrefix(base, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no address/length", e);
    }
  }

  /// Whether the address is of the same family and in the range.
  public boolean contains(TransportAddress address) {
    if (address.family() != base.family()) {
      return false;
    }
    if (base.isIpv4()) {
      return length == 0 || (address.low() ^ base.low()) >>> 32 - length == 0;
    }
    if (length <= 64) {
      return length == 0 || (address.high() ^ base.high()) >>> 64 - length == 0;
    }
    return address.high() == base.high() && (address.low() ^ base.low()) >>> 128 - length == 0;
  }

  @Override
  public String toString() {
    return base.withScopeId(0).host() + "/" + length;
  }
}
