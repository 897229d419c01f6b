package org.klatsch.server.rooms;

import java.util.Locale;

/// Why a member is gone, §3.
enum LeaveReason {
  LEFT,
  LOST,
  REPLACED,
  SLOW,
  REMOVED;

  private final String text = name().toLowerCase(Locale.ROOT);

  @Override
  public String toString() {
    return text;
  }
}
