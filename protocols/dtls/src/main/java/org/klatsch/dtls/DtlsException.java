package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// Input from the peer that cannot be used: either dropped and counted, or, with an alert, the end
/// of the connection. Caught in [DtlsConnection] only.
final class DtlsException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  private final @Nullable AlertDescription alert;

  private DtlsException(@Nullable AlertDescription alert, String reason) {
    super(reason);
    this.alert = alert;
  }

  /// Ends the connection with this alert.
  static DtlsException fatal(AlertDescription alert, String reason) {
    return new DtlsException(alert, reason);
  }

  /// The alert to send.
  AlertDescription alert() {
    return alert == null ? AlertDescription.DECODE_ERROR : alert;
  }
}
