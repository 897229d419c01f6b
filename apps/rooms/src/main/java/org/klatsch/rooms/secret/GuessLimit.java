package org.klatsch.rooms.secret;

import java.util.concurrent.atomic.AtomicInteger;

/// How many wrong guesses one code bears, over all its connections; `docs/transfer-protocol.md`
/// §4.2. Thread-safe.
public final class GuessLimit {
  /// One typing error and one attacker leave the code usable; more is an attack.
  private static final int MAX_WRONG = 3;

  private final AtomicInteger wrong = new AtomicInteger();

  /// A code nobody has tried yet.
  public GuessLimit() {}

  /// Counts a proof that failed.
  ///
  /// @return whether the code is spent
  public boolean countWrong() {
    return wrong.incrementAndGet() >= MAX_WRONG;
  }

  /// Whether the code must no longer be used.
  public boolean spent() {
    return wrong.get() >= MAX_WRONG;
  }
}
