package org.klatsch.stun;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// How a request of a [StunClient] ended; each gives exactly one event.
public sealed interface StunClientEvent {
  /// The identifier that [StunClient#send] returned.
  TransactionId request();

  /// A success response.
  record Succeeded(TransactionId request, List<StunAttribute> attributes)
      implements StunClientEvent {
    public Succeeded {
      attributes = List.copyOf(attributes);
    }
  }

  /// An error response.
  ///
  /// @param alternateServer where to go instead, RFC 8489 §10, or null
  record Refused(
      TransactionId request,
      int errorCode,
      @Nullable TransportAddress alternateServer,
      List<StunAttribute> attributes)
      implements StunClientEvent {
    public Refused {
      attributes = List.copyOf(attributes);
    }
  }

  /// No response in time.
  record TimedOut(TransactionId request) implements StunClientEvent {}
}
