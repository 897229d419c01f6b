package org.klatsch.rooms;

import java.util.Locale;

/// What a track shows or lets hear, `docs/transfer-protocol.md` §13.
public enum MediaSource {
  MIC,
  CAMERA,
  SCREEN;

  /// As in the protocol.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
