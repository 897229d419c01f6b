package org.klatsch.turn.server;

/// What a [TurnServer] counted; a snapshot.
///
/// @param allocations that there are now
/// @param allocationsMade in all
/// @param allocationsRefused for a quota or for want of room
/// @param challenges answers 401 and 438
/// @param bindings answered binding requests
/// @param suppressed answers to strangers that were not given, as they were too many or too large
/// @param packetsToPeers relayed to peers
/// @param bytesToPeers relayed to peers
/// @param packetsToClients relayed to clients
/// @param bytesToClients relayed to clients
/// @param peersRefused permissions and channels refused by the rules on addresses
/// @param withoutPermission packets from or to peers without a permission
/// @param malformed packets that were no STUN or ChannelData
/// @param unexpected packets that made no sense, such as data of a client without allocation
/// @param queueFull packets dropped as the sockets had no room
public record TurnServerCounters(
    int allocations,
    long allocationsMade,
    long allocationsRefused,
    long challenges,
    long bindings,
    long suppressed,
    long packetsToPeers,
    long bytesToPeers,
    long packetsToClients,
    long bytesToClients,
    long peersRefused,
    long withoutPermission,
    long malformed,
    long unexpected,
    long queueFull) {
  /// The counters while they count.
  static final class Live {
    long allocationsMade;
    long allocationsRefused;
    long challenges;
    long bindings;
    long suppressed;
    long packetsToPeers;
    long bytesToPeers;
    long packetsToClients;
    long bytesToClients;
    long peersRefused;
    long withoutPermission;
    long malformed;
    long unexpected;
    long queueFull;

    TurnServerCounters snapshot(int allocations) {
      return new TurnServerCounters(
          allocations,
          allocationsMade,
          allocationsRefused,
          challenges,
          bindings,
          suppressed,
          packetsToPeers,
          bytesToPeers,
          packetsToClients,
          bytesToClients,
          peersRefused,
          withoutPermission,
          malformed,
          unexpected,
          queueFull);
    }
  }
}
