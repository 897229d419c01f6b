package org.klatsch.ice;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MessageIntegrity;

/// All that belongs to one pair of credentials, from gathering to the next restart: the ICE session
/// of RFC 8445 §4.
final class IceSession {
  /// A check that came before the peer's parameters, RFC 8445 §7.3.1.4 and RFC 8838 §15.
  record EarlyCheck(
      TransportAddress local,
      TransportAddress remote,
      long priority,
      boolean useCandidate,
      long nomination) {}

  final IceCredentials local;
  private final byte[] localUfrag;

  /// Protects requests to this agent and its responses.
  final MessageIntegrity localIntegrity;

  final CheckList checkList;
  final List<RemoteCandidate> remoteCandidates = new ArrayList<>();
  final List<EarlyCheck> earlyChecks = new ArrayList<>();

  /// Candidates that came before the peer's parameters.
  final List<IceCandidate> earlyCandidates = new ArrayList<>();

  /// Candidates whose names are being resolved.
  final List<IceCandidate> unresolved = new ArrayList<>();

  @Nullable IceCredentials remote;

  /// Protects this agent's requests and the responses to them.
  @Nullable MessageIntegrity remoteIntegrity;

  /// USERNAME of this agent's requests: the peer's fragment first, RFC 8445 §7.2.2.
  byte[] outgoingUsername = {};

  boolean remoteLite;
  boolean remoteRenomination;
  boolean endOfRemoteCandidates;

  /// Ordinary checks are no longer made, since a pair is nominated.
  boolean concluded;

  /// When a pair was last nominated.
  long concludedAt;

  /// The pair that the controlling agent has chosen last.
  @Nullable CandidatePair nominated;

  /// A pair that the controlling agent has chosen since, and this one has not followed to.
  @Nullable CandidatePair refused;

  /// The pair being nominated by this controlling agent.
  @Nullable CandidatePair nominating;

  /// The highest nomination number seen or sent.
  long nomination;

  long startedAt;
  long firstValidAt = -1;

  /// Whether its pairs were checked again after the selected one was lost.
  boolean rechecked;

  IceSession(IceCredentials local, int maxPairs) {
    this.local = local;
    this.localUfrag = local.ufrag().getBytes(StandardCharsets.ISO_8859_1);
    this.localIntegrity =
        MessageIntegrity.sha1(local.password().getBytes(StandardCharsets.ISO_8859_1));
    this.checkList = new CheckList(maxPairs);
  }

  void start(long now, IceCredentials peer, boolean lite, boolean renomination) {
    remote = peer;
    remoteIntegrity = MessageIntegrity.sha1(peer.password().getBytes(StandardCharsets.ISO_8859_1));
    outgoingUsername = (peer.ufrag() + ":" + local.ufrag()).getBytes(StandardCharsets.ISO_8859_1);
    remoteLite = lite;
    remoteRenomination = renomination;
    startedAt = now;
  }

  boolean isStarted() {
    return remote != null;
  }

  /// Whether a USERNAME of a request is for this session: it begins with the local fragment and a
  /// colon.
  boolean isAddressedBy(byte[] array, int offset, int length) {
    if (length <= localUfrag.length || array[offset + localUfrag.length] != ':') {
      return false;
    }
    for (int i = 0; i < localUfrag.length; i++) {
      if (array[offset + i] != localUfrag[i]) {
        return false;
      }
    }
    return true;
  }

  @Nullable RemoteCandidate findRemote(TransportAddress address) {
    for (RemoteCandidate candidate : remoteCandidates) {
      if (candidate.address.equals(address)) {
        return candidate;
      }
    }
    return null;
  }

  /// Whether a check came from there before the peer's parameters: its data may come early too.
  boolean hasEarlyCheck(TransportAddress local, TransportAddress remote) {
    for (EarlyCheck check : earlyChecks) {
      if (check.local().equals(local) && check.remote().equals(remote)) {
        return true;
      }
    }
    return false;
  }
}
