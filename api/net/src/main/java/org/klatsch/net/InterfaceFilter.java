package org.klatsch.net;

import java.util.List;
import java.util.regex.Pattern;
import org.klatsch.sansio.AddressPrefix;

/// Which addresses of this machine are used.
///
/// @param loopback whether loopback addresses are
/// @param linkLocal whether link-local addresses are
/// @param virtual whether addresses of bridges and virtual cables are
/// @param deprecated whether deprecated IPv6 addresses are
/// @param tracking whether IPv6 addresses that allow tracking are, even beside ones that do not
/// @param ipv6 whether IPv6 addresses are
/// @param allowedNames if not empty, only interfaces that match one of these are used; `*` stands
///   for any characters
/// @param deniedNames interfaces that are not used
/// @param allowed if not empty, only addresses in one of these ranges are used
/// @param denied addresses that are not used
public record InterfaceFilter(
    boolean loopback,
    boolean linkLocal,
    boolean virtual,
    boolean deprecated,
    boolean tracking,
    boolean ipv6,
    List<String> allowedNames,
    List<String> deniedNames,
    List<AddressPrefix> allowed,
    List<AddressPrefix> denied) {
  /// RFC 8445 §5.1.1.1: no loopback and no deprecated addresses, and those that do not follow the
  /// user from network to network instead of those that do. Bridges are used: on the host of
  /// containers they are the way to them.
  public static final InterfaceFilter DEFAULT =
      new InterfaceFilter(
          false, true, true, false, false, true, List.of(), List.of(), List.of(), List.of());

  public InterfaceFilter {
    allowedNames = List.copyOf(allowedNames);
    deniedNames = List.copyOf(deniedNames);
    allowed = List.copyOf(allowed);
    denied = List.copyOf(denied);
  }

  /// The same, with loopback addresses or without.
  public InterfaceFilter withLoopback(boolean used) {
    return new InterfaceFilter(
        used,
        linkLocal,
        virtual,
        deprecated,
        tracking,
        ipv6,
        allowedNames,
        deniedNames,
        allowed,
        denied);
  }

  /// The same, with IPv6 addresses or without.
  public InterfaceFilter withIpv6(boolean used) {
    return new InterfaceFilter(
        loopback,
        linkLocal,
        virtual,
        deprecated,
        tracking,
        used,
        allowedNames,
        deniedNames,
        allowed,
        denied);
  }

  /// The same, with only the addresses in these ranges; none means all.
  public InterfaceFilter withAllowed(List<AddressPrefix> ranges) {
    return new InterfaceFilter(
        loopback,
        linkLocal,
        virtual,
        deprecated,
        tracking,
        ipv6,
        allowedNames,
        deniedNames,
        ranges,
        denied);
  }

  /// The same, without the addresses in these ranges.
  public InterfaceFilter withDenied(List<AddressPrefix> ranges) {
    return new InterfaceFilter(
        loopback,
        linkLocal,
        virtual,
        deprecated,
        tracking,
        ipv6,
        allowedNames,
        deniedNames,
        allowed,
        ranges);
  }

  /// The same, with only the interfaces of these names, and without those.
  public InterfaceFilter withNames(List<String> only, List<String> not) {
    return new InterfaceFilter(
        loopback, linkLocal, virtual, deprecated, tracking, ipv6, only, not, allowed, denied);
  }

  /// The addresses of `all` to be used, in the same order.
  public List<LocalAddress> apply(List<LocalAddress> all) {
    List<LocalAddress> allowedOnes = all.stream().filter(this::allows).toList();
    if (tracking) {
      return allowedOnes;
    }
    return allowedOnes.stream().filter(address -> !isOutdone(address, allowedOnes)).toList();
  }

  private boolean allows(LocalAddress candidate) {
    return (loopback || !candidate.isLoopback())
        && (linkLocal || !candidate.address().isLinkLocal())
        && (virtual || candidate.kind() != InterfaceKind.VIRTUAL)
        && (deprecated || !candidate.deprecated())
        && (ipv6 || candidate.address().isIpv4())
        && (allowedNames.isEmpty() || matches(allowedNames, candidate.interfaceName()))
        && !matches(deniedNames, candidate.interfaceName())
        && (allowed.isEmpty() || contains(allowed, candidate))
        && !contains(denied, candidate);
  }

  /// RFC 8445 §5.1.1.1: beside an IPv6 address that prevents tracking, those of the same network
  /// that allow it and link-local ones are not gathered.
  private static boolean isOutdone(LocalAddress candidate, List<LocalAddress> others) {
    if (candidate.address().isIpv4()) {
      return false;
    }
    for (LocalAddress other : others) {
      boolean prevents =
          other.address().isIpv6()
              && other.interfaceIndex() == candidate.interfaceIndex()
              && !other.address().isLinkLocal()
              && !other.address().isLoopback()
              && !other.allowsTracking();
      if (prevents
          && (candidate.address().isLinkLocal()
              || (candidate.allowsTracking() && candidate.sharesPrefix(other))
              || (other.temporary() && !candidate.temporary() && candidate.sharesPrefix(other)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(List<AddressPrefix> ranges, LocalAddress candidate) {
    return ranges.stream().anyMatch(range -> range.contains(candidate.address()));
  }

  private static boolean matches(List<String> patterns, String name) {
    for (String pattern : patterns) {
      String regex = "\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E";
      if (Pattern.matches(regex, name)) {
        return true;
      }
    }
    return false;
  }
}
