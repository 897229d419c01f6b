package org.klatsch.stun;

import org.klatsch.sansio.ProtocolCore;

/// The timer of one client transaction, RFC 8489 §6.2: tells when the request is to be sent, again
/// or for the first time, and when it has failed. It holds no bytes: requests are built when they
/// are sent. Not thread-safe.
public final class StunTransaction {
  private final TransactionId id;
  private final long rtoNanos;
  private final long lastWaitNanos;
  private final int maxTransmissions;
  private int transmissions;
  private long firstSentAt;
  private long lastSentAt;
  private long deadline;
  private boolean finished;

  private StunTransaction(
      TransactionId id, long rtoNanos, long lastWaitNanos, int maxTransmissions, long now) {
    this.id = id;
    this.rtoNanos = rtoNanos;
    this.lastWaitNanos = lastWaitNanos;
    this.maxTransmissions = maxTransmissions;
    this.deadline = now;
  }

  /// A transaction over UDP, whose first transmission is due at once.
  public static StunTransaction overUdp(
      TransactionId id, RetransmissionSchedule schedule, long now) {
    long rto = schedule.rto().toNanos();
    return new StunTransaction(id, rto, rto * schedule.rm(), schedule.rc(), now);
  }

  /// A transaction over TCP or TLS, sent once, RFC 8489 §6.2.2.
  public static StunTransaction overReliable(
      TransactionId id, RetransmissionSchedule schedule, long now) {
    return new StunTransaction(id, schedule.rto().toNanos(), schedule.ti().toNanos(), 1, now);
  }

  public TransactionId id() {
    return id;
  }

  /// When something is to be done: send or give up; [ProtocolCore#NEVER] once finished.
  public long deadline() {
    return finished ? ProtocolCore.NEVER : deadline;
  }

  /// Whether the request is to be sent now.
  public boolean isTransmissionDue(long now) {
    return !finished && now >= deadline && transmissions < maxTransmissions;
  }

  /// Whether no response came in time.
  public boolean isTimedOut(long now) {
    return !finished && now >= deadline && transmissions == maxTransmissions;
  }

  /// Notes that the request was sent.
  public void transmitted(long now) {
    if (transmissions == 0) {
      firstSentAt = now;
    }
    lastSentAt = now;
    transmissions++;
    deadline =
        now + (transmissions < maxTransmissions ? rtoNanos << (transmissions - 1) : lastWaitNanos);
  }

  /// Brings the next transmission forward to `at`, if it is later and there is one: the path has
  /// just shown that it works. An earlier deadline stays.
  public void hasten(long at) {
    if (transmissions < maxTransmissions) {
      deadline = Math.min(deadline, at);
    }
  }

  /// Ends the transaction: its response came, or nobody waits any more.
  public void finish() {
    finished = true;
  }

  public boolean isFinished() {
    return finished;
  }

  /// How often the request was sent.
  public int transmissions() {
    return transmissions;
  }

  /// When the request was first sent, in nanoseconds; meaningless before.
  public long firstSentAt() {
    return firstSentAt;
  }

  /// When the request was last sent, in nanoseconds; meaningless before.
  public long lastSentAt() {
    return lastSentAt;
  }

  /// Nanoseconds from the request to a response that comes `now`, or -1 when it is not known which
  /// of several transmissions is answered (Karn's rule, RFC 6298 §3).
  public long roundTripNanos(long now) {
    return transmissions == 1 ? now - lastSentAt : -1;
  }
}
