package org.klatsch.peer.jsep;

/// Which m-sections of an offer a peer without BUNDLE may accept, RFC 9429 §4.1.1. Whatever the
/// policy, one transport carries all that is accepted.
public enum BundlePolicy {
  /// The first of each kind; the others are bundle-only.
  BALANCED,
  /// All of them.
  MAX_COMPAT,
  /// The very first; the others are bundle-only.
  MAX_BUNDLE;

  /// The W3C's string.
  @Override
  public String toString() {
    return switch (this) {
      case BALANCED -> "balanced";
      case MAX_COMPAT -> "max-compat";
      case MAX_BUNDLE -> "max-bundle";
    };
  }
}
