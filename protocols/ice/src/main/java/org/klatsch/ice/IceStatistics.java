package org.klatsch.ice;

/// Counters of an agent since its creation.
///
/// @param malformed packets that are no STUN message, or whose attributes have wrong lengths
/// @param wrongFingerprint messages whose FINGERPRINT does not match
/// @param unknownUsername requests for a user name fragment of nobody here
/// @param wrongIntegrity requests and responses with a wrong MESSAGE-INTEGRITY
/// @param unexpected responses that no request asked for, and other messages without use
/// @param unknownLocalAddress packets for an address that is not this agent's
/// @param asymmetric responses from another address than the request went to
/// @param unanswered requests from strangers that got no error response, by rate or size
/// @param candidatesDropped remote candidates beyond the cap, of another session or unusable
/// @param pairsDropped pairs beyond the cap
/// @param earlyChecksDropped checks before the peer's parameters beyond the cap
/// @param roleConflicts role conflicts seen
public record IceStatistics(
    long malformed,
    long wrongFingerprint,
    long unknownUsername,
    long wrongIntegrity,
    long unexpected,
    long unknownLocalAddress,
    long asymmetric,
    long unanswered,
    long candidatesDropped,
    long pairsDropped,
    long earlyChecksDropped,
    long roleConflicts) {

  /// The counters while they count.
  static final class Counters {
    long malformed;
    long wrongFingerprint;
    long unknownUsername;
    long wrongIntegrity;
    long unexpected;
    long unknownLocalAddress;
    long asymmetric;
    long unanswered;
    long candidatesDropped;
    long pairsDropped;
    long earlyChecksDropped;
    long roleConflicts;

    IceStatistics snapshot() {
      return new IceStatistics(
          malformed,
          wrongFingerprint,
          unknownUsername,
          wrongIntegrity,
          unexpected,
          unknownLocalAddress,
          asymmetric,
          unanswered,
          candidatesDropped,
          pairsDropped,
          earlyChecksDropped,
          roleConflicts);
    }
  }
}
