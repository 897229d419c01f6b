package org.klatsch.net;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;

/// An IP address of this machine.
///
/// @param address with port 0, and with its scope if it is an IPv6 link-local one
/// @param prefixLength of its network, in bits
/// @param interfaceName such as `eth0`
/// @param interfaceIndex the system's number of the interface
/// @param kind what the interface is
/// @param mtu of the interface, in bytes; 0 if unknown
/// @param temporary an IPv6 privacy address, RFC 8981
/// @param deprecated an IPv6 address not to be used for new connections, RFC 4862 §5.5.4
public record LocalAddress(
    TransportAddress address,
    int prefixLength,
    String interfaceName,
    int interfaceIndex,
    InterfaceKind kind,
    int mtu,
    boolean temporary,
    boolean deprecated) {

  /// Whether the interface identifier is made of a hardware address (RFC 4291, Appendix A) and so
  /// follows the machine from network to network, RFC 7721 §3.
  public boolean allowsTracking() {
    return address.isIpv6() && (address.low() >>> 24 & 0xffff) == 0xfffe;
  }

  /// Whether it is an address of the loopback interface.
  public boolean isLoopback() {
    return kind == InterfaceKind.LOOPBACK || address.isLoopback();
  }

  /// Whether it is this IP address, whatever the port and scope.
  boolean isAt(@Nullable TransportAddress other) {
    return other != null
        && address.withScopeId(0).withPort(0).equals(other.withScopeId(0).withPort(0));
  }

  /// Whether both belong to the same network of the same interface.
  boolean sharesPrefix(LocalAddress other) {
    if (interfaceIndex != other.interfaceIndex
        || address.family() != other.address.family()
        || prefixLength != other.prefixLength) {
      return false;
    }
    return AddressPrefix.of(address, prefixLength).contains(other.address);
  }
}
