package org.klatsch.server.tenants;

import java.util.Locale;

/// What a token may allow, beside entering its rooms.
public enum Permission {
  /// Send audio, video and chat.
  PUBLISH,

  /// Receive audio, video and chat.
  SUBSCRIBE,

  /// Start and stop recordings.
  RECORD,

  /// See and change what belongs to the tenant, and moderate its rooms.
  ADMIN;

  private final String text = name().toLowerCase(Locale.ROOT);

  /// The name in tokens.
  @Override
  public String toString() {
    return text;
  }
}
