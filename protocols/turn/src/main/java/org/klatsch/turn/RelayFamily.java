package org.klatsch.turn;

import org.klatsch.sansio.TransportAddress;

/// Values of REQUESTED-ADDRESS-FAMILY and its like, RFC 8656 §18.6.
public final class RelayFamily {
  public static final int IPV4 = 1;
  public static final int IPV6 = 2;

  private RelayFamily() {}

  /// The number of an address's family.
  public static int of(TransportAddress address) {
    return address.isIpv4() ? IPV4 : IPV6;
  }

  /// The attribute's 32 bits: the family stands in the first eight.
  public static long attribute(int family) {
    return (long) family << 24;
  }
}
