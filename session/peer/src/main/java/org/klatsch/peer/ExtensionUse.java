package org.klatsch.peer;

/// When an extension of connection set-up is used that peers have to know too.
public enum ExtensionUse {
  /// Never.
  OFF,
  /// With peers that offer it.
  ANSWER,
  /// With peers that offer it, and offered to the others.
  OFFER
}
