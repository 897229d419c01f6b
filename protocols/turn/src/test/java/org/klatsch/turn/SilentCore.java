package org.klatsch.turn;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;

/// A core that says nothing by itself, for hosts that answer by hand.
final class SilentCore implements ProtocolCore<Void> {
  @Override
  public void handleTimeout(long now) {}

  @Override
  public long nextTimeout() {
    return NEVER;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    return false;
  }

  @Override
  public @Nullable Void pollEvent() {
    return null;
  }
}
