package org.klatsch.net;

/// What stands behind a network interface, as far as the system tells.
public enum InterfaceKind {
  WIRED,
  WIFI,
  CELLULAR,
  /// A tunnel, such as a VPN.
  VPN,
  /// A bridge or one end of a virtual cable, as containers and virtual machines have on their host.
  VIRTUAL,
  LOOPBACK,
  UNKNOWN
}
