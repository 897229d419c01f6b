package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// `struct sockaddr_in` and `struct sockaddr_in6`:
///
/// ```
/// 0 family (host order)   2 port   4 IPv4 address | flow information   8 IPv6 address   24 scope
/// ```
final class SockAddr {
  /// Room for either.
  static final int SIZE = 32;

  private static final int SIZE_IPV4 = 16;
  private static final int SIZE_IPV6 = 28;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /// Addresses made before, found again by their bits: a packet of a known source allocates
  /// nothing, and strangers only push out each other.
  private final @Nullable TransportAddress[] cache = new TransportAddress[1024];

  /// Writes an address at `at`.
  ///
  /// @param scopeId of the sending address, for destinations that need one and have none
  /// @return how many bytes it takes
  static int write(MemorySegment memory, long at, TransportAddress address, int scopeId) {
    memory.set(U16, at + 2, (short) address.port());
    if (address.isIpv4()) {
      memory.set(JAVA_SHORT, at, (short) Libc.AF_INET);
      memory.set(U32, at + 4, (int) address.low());
      memory.set(U64, at + 8, 0);
      return SIZE_IPV4;
    }
    memory.set(JAVA_SHORT, at, (short) Libc.AF_INET6);
    memory.set(U32, at + 4, 0);
    memory.set(U64, at + 8, address.high());
    memory.set(U64, at + 16, address.low());
    memory.set(
        JAVA_INT, at + 24, SocketAddresses.needsScope(address) ? scopeId : address.scopeId());
    return SIZE_IPV6;
  }

  /// Port of the address at `at`.
  static int port(MemorySegment memory, long at) {
    return memory.get(U16, at + 2) & 0xffff;
  }

  /// The address at `at` without its scope.
  TransportAddress read(MemorySegment memory, long at) {
    boolean ipv4 = memory.get(JAVA_SHORT, at) == Libc.AF_INET;
    int port = port(memory, at);
    long high = ipv4 ? 0 : memory.get(U64, at + 8);
    long low = ipv4 ? Integer.toUnsignedLong(memory.get(U32, at + 4)) : memory.get(U64, at + 16);
    long mixed = (high * 31 + low + ((long) port << 40)) * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 54);
    TransportAddress known = cache[slot];
    if (known != null
        && known.low() == low
        && known.port() == port
        && known.high() == high
        && known.isIpv4() == ipv4) {
      return known;
    }
    TransportAddress made =
        ipv4 ? TransportAddress.ofIpv4((int) low, port) : TransportAddress.ofIpv6(high, low, port);
    cache[slot] = made;
    return made;
  }
}
