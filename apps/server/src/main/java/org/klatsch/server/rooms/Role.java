package org.klatsch.server.rooms;

import java.util.Locale;

/// The seats of a transfer.
enum Role {
  SEND,
  RECEIVE;

  private final String text = name().toLowerCase(Locale.ROOT);

  @Override
  public String toString() {
    return text;
  }
}
