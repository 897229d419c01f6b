package org.klatsch.srtp;

import java.util.Arrays;
import org.klatsch.sansio.MalformedPacketException;

/// A packet that cannot be protected or unprotected. Without stack trace; to be counted by its
/// reason and dropped.
public final class SrtpException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  private static final SrtpException[] INSTANCES =
      Arrays.stream(SrtpDropReason.values()).map(SrtpException::new).toArray(SrtpException[]::new);

  private final SrtpDropReason reason;

  private SrtpException(SrtpDropReason reason) {
    super(reason.name());
    this.reason = reason;
  }

  /// Shared, as it has neither a stack trace nor anything else of its own: a flood of forged
  /// packets makes no garbage here.
  static SrtpException of(SrtpDropReason reason) {
    return INSTANCES[reason.ordinal()];
  }

  public SrtpDropReason reason() {
    return reason;
  }
}
