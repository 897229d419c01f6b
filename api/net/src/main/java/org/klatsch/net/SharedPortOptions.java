package org.klatsch.net;

/// How a [SharedPort] treats what it cannot route, and its limits.
///
/// @param answerPlainStun whether binding requests without USERNAME are answered, as by a STUN
///   server
/// @param answersPerSecond answers of that kind a second on each loop and address
/// @param maxPairs pairs of addresses remembered in all
/// @param maxPairsPerCore pairs one core may own
/// @param maxUfrags username fragments announced
/// @param reusePort whether each loop has sockets of its own where the system can (`SO_REUSEPORT`);
///   otherwise all cores of the port live on its one loop
public record SharedPortOptions(
    boolean answerPlainStun,
    int answersPerSecond,
    int maxPairs,
    int maxPairsPerCore,
    int maxUfrags,
    boolean reusePort) {
  /// Strangers get no answer, as it could be reflected; 1,000 a second are no amplification worth
  /// having where it is switched on (44 bytes for at least 20). 65,536 sessions with four pairs
  /// each, and 256 pairs for one, exceed the check list's limit of 100 (RFC 8445 §6.1.2.5).
  public static final SharedPortOptions DEFAULT =
      new SharedPortOptions(false, 1000, 262_144, 256, 131_072, true);

  /// The same, answering plain binding requests or not.
  public SharedPortOptions withAnswerPlainStun(boolean answer) {
    return new SharedPortOptions(
        answer, answersPerSecond, maxPairs, maxPairsPerCore, maxUfrags, reusePort);
  }

  /// The same, with sockets on each loop or on one only.
  public SharedPortOptions withReusePort(boolean reuse) {
    return new SharedPortOptions(
        answerPlainStun, answersPerSecond, maxPairs, maxPairsPerCore, maxUfrags, reuse);
  }
}
