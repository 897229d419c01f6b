package org.klatsch.ice;

/// Who decides which pair is used, RFC 8445 §6.1.1.
public enum IceRole {
  /// Nominates a pair: the offerer, or the full agent opposite a lite one.
  CONTROLLING,
  CONTROLLED
}
