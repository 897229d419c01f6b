package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// What an [IceAgent] tells the layer above.
public sealed interface IceEvent {
  /// A local candidate to be signalled to the peer.
  ///
  /// @param ufrag the session it belongs to, RFC 8838 §10
  /// @param server who gave it, or null for an interface's address
  record LocalCandidateGathered(IceCandidate candidate, String ufrag, @Nullable IceServer server)
      implements IceEvent {}

  /// Gathering began or ended; [GatheringState#COMPLETE] means that end-of-candidates is to be
  /// signalled, RFC 8838 §13.
  record GatheringStateChanged(GatheringState state) implements IceEvent {}

  record StateChanged(IceState state) implements IceEvent {}

  /// Data is to be sent over another pair, or over none any more.
  record SelectedPairChanged(@Nullable CandidatePair pair) implements IceEvent {}

  /// A role conflict was resolved by taking the other role, RFC 8445 §7.3.1.1.
  record RoleChanged(IceRole role) implements IceEvent {}

  /// The layer above is asked to resolve a `.local` name by multicast DNS and to answer with
  /// [IceAgent#handleMdnsResolved].
  record MdnsQueryRequested(String name) implements IceEvent {}

  /// A STUN or TURN server gave no candidate, or a TURN server has ended its allocation.
  ///
  /// @param errorCode the server's answer, or 701 (as in W3C's `icecandidateerror`) when there was
  ///   none
  /// @param reason the server's phrase, or what happened
  record ServerFailed(TransportAddress local, IceServer server, int errorCode, String reason)
      implements IceEvent {}

  /// The layer above is asked to connect to a TURN server over something else than UDP, from the IP
  /// address of `base`, and to answer with [Relays#connected] or [Relays#notConnected].
  record TurnConnectionRequested(TransportAddress base, IceTurnServer server) implements IceEvent {}

  /// The connection between these two addresses, opened for [TurnConnectionRequested], is of no use
  /// any more.
  record TurnConnectionReleased(TransportAddress local, TransportAddress remote)
      implements IceEvent {}
}
