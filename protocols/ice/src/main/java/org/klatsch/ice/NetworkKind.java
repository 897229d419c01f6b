package org.klatsch.ice;

/// What kind of interface an address belongs to; better ones come first and get the higher local
/// preference.
public enum NetworkKind {
  ETHERNET,
  WIFI,
  UNKNOWN,
  CELLULAR,

  /// A tunnel; last, because it usually runs over one of the others.
  VPN,
  LOOPBACK
}
