package org.klatsch.gateway.calls;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.transaction.ServerTransaction;
import org.klatsch.sip.transaction.TransactionOptions;

/// Repeats a 2xx to an INVITE until its ACK comes, over every transport, RFC 3261 §13.3.1.4.
/// Belongs to the call's mailbox.
final class Repetition {
  private static final Duration T1 = TransactionOptions.DEFAULT.t1();
  private static final Duration T2 = TransactionOptions.DEFAULT.t2();
  private static final Duration PATIENCE = T1.multipliedBy(64);

  private final CallSession call;
  private Mailbox.@Nullable Alarm next;
  private Mailbox.@Nullable Alarm last;

  Repetition(CallSession call) {
    this.call = call;
  }

  void begin(ServerTransaction invite, SipResponse ok) {
    last = call.after(PATIENCE, () -> call.hangUpAll("gateway"));
    repeat(invite, ok, T1);
  }

  private void repeat(ServerTransaction invite, SipResponse ok, Duration wait) {
    next =
        call.after(
            wait,
            () -> {
              if (invite.state() == ServerTransaction.State.ACCEPTED) {
                call.transactions.respond(Mailbox.now(), invite, ok);
              }
              Duration twice = wait.multipliedBy(2);
              repeat(invite, ok, twice.compareTo(T2) < 0 ? twice : T2);
            });
  }

  /// The ACK has come, or nobody waits for it any more.
  void end() {
    if (next != null) {
      next.cancel();
    }
    if (last != null) {
      last.cancel();
    }
    next = null;
    last = null;
  }
}
