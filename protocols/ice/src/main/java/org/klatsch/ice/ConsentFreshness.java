package org.klatsch.ice;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.TransactionId;

/// The peer's consent to receive on the selected pair, RFC 7675: asked for every few seconds,
/// expired after half a minute without an answer. The checks also keep NAT mappings alive, RFC 8445
/// §11.
final class ConsentFreshness {
  /// Checks whose answers still count: more than are sent before consent expires.
  private static final int OUTSTANDING = 8;

  private final long intervalNanos;
  private final long expiryNanos;
  private final SecureRandom random;
  private final @Nullable TransactionId[] outstanding = new TransactionId[OUTSTANDING];
  private final long[] sentAt = new long[OUTSTANDING];
  private int next;
  private @Nullable CandidatePair pair;
  private long checkAt = ProtocolCore.NEVER;
  private long expiresAt = ProtocolCore.NEVER;

  ConsentFreshness(IceOptions options, SecureRandom random) {
    this.intervalNanos = options.consentInterval().toNanos();
    this.expiryNanos = options.consentExpiry().toNanos();
    this.random = random;
  }

  /// Watches a pair that has just proved the peer's consent by an answered check.
  ///
  /// @param asks whether this agent asks; a lite agent only listens
  void start(long now, CandidatePair selected, boolean asks) {
    pair = selected;
    for (int i = 0; i < OUTSTANDING; i++) {
      outstanding[i] = null;
    }
    expiresAt = now + expiryNanos;
    checkAt = asks ? now + randomInterval() : ProtocolCore.NEVER;
  }

  void stop() {
    pair = null;
    checkAt = ProtocolCore.NEVER;
    expiresAt = ProtocolCore.NEVER;
  }

  @Nullable CandidatePair pair() {
    return pair;
  }

  /// RFC 7675 §5.1: each interval is random in 0.8 to 1.2 of the mean, against synchronisation.
  private long randomInterval() {
    return (long) (intervalNanos * (0.8 + 0.4 * random.nextDouble()));
  }

  /// Asks at once instead of at the next interval.
  void hurry(long now) {
    if (pair != null) {
      checkAt = Math.min(checkAt, now);
    }
  }

  boolean isCheckDue(long now) {
    return now >= checkAt;
  }

  /// The identifier of a new check; each is sent once, RFC 7675 §5.1.
  TransactionId nextCheck(long now) {
    checkAt = now + randomInterval();
    TransactionId id = TransactionId.random(random);
    outstanding[next] = id;
    sentAt[next] = now;
    next = (next + 1) % OUTSTANDING;
    return id;
  }

  /// The number of the outstanding check that a message answers, or -1.
  int find(StunMessage message) {
    for (int i = 0; i < OUTSTANDING; i++) {
      TransactionId id = outstanding[i];
      if (id != null && message.belongsTo(id)) {
        return i;
      }
    }
    return -1;
  }

  /// Notes an authenticated answer.
  ///
  /// @return the round trip in nanoseconds
  long answered(long now, int number) {
    outstanding[number] = null;
    renew(now);
    return now - sentAt[number];
  }

  /// Consent given otherwise: an answered connectivity check, or to a lite agent a request.
  void renew(long now) {
    if (pair != null) {
      expiresAt = now + expiryNanos;
    }
  }

  boolean isExpired(long now) {
    return now >= expiresAt;
  }

  long nextTimeout() {
    return Math.min(checkAt, expiresAt);
  }
}
