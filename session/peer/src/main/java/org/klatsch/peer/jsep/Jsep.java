package org.klatsch.peer.jsep;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.jsep.JsepException.Kind;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.SdpLimits;
import org.klatsch.sdp.SessionDescription;

/// The offer/answer half of a peer connection, RFC 9429: it turns descriptions into
/// [SessionParameters] and back. An operation that throws has changed nothing, with one exception:
/// see [#setRemoteDescription]. Confined to one thread; no input or output of its own.
///
/// All state lies in four descriptions ([Descriptions]); what they mean is read from them anew
/// ([Agreement]). M-sections are a list that only grows: a rejected one keeps its place until a new
/// one takes it.
public final class Jsep {
  private final DescriptionWriter writer;
  private final RemoteCheck check;
  private final RemoteCandidates remoteCandidates;

  private Descriptions descriptions = Descriptions.NONE;
  private SessionParameters parameters = SessionParameters.EMPTY;

  /// What the last complete exchange put into force.
  private SessionParameters agreed = SessionParameters.EMPTY;

  /// `[[LastCreatedOffer]]` and `[[LastCreatedAnswer]]` of the W3C.
  private @Nullable SessionDescription lastOffer;

  private @Nullable SessionDescription lastAnswer;

  /// Whether `lastOffer` leaves out something that was asked for since.
  private boolean offerOutdated;

  private boolean wantsData;

  /// Username fragments of `[[LocalIceCredentialsToReplace]]`.
  private final Set<String> iceToReplace = new HashSet<>();

  /// Counts the mids we gave away, so that none is used twice.
  private int nextMid;

  /// @param options what we bring into every description
  /// @param random makes ICE credentials and session ids, which are secrets or must be unguessable
  public Jsep(JsepOptions options, SecureRandom random) {
    writer = new DescriptionWriter(options, new Secrets(random));
    check = new RemoteCheck(options);
    remoteCandidates = new RemoteCandidates(options.maxRemoteCandidates());
  }

  public SignalingState signalingState() {
    return descriptions.state();
  }

  public @Nullable JsepDescription currentLocalDescription() {
    return descriptions.currentLocal();
  }

  public @Nullable JsepDescription pendingLocalDescription() {
    return descriptions.pendingLocal();
  }

  public @Nullable JsepDescription currentRemoteDescription() {
    return descriptions.currentRemote();
  }

  public @Nullable JsepDescription pendingRemoteDescription() {
    return descriptions.pendingRemote();
  }

  /// The pending local description, else the current one.
  public @Nullable JsepDescription localDescription() {
    return descriptions.local();
  }

  /// The pending remote description, else the current one.
  public @Nullable JsepDescription remoteDescription() {
    return descriptions.remote();
  }

  /// What the descriptions set so far mean for the session. The same object until something
  /// changes.
  public SessionParameters parameters() {
    return parameters;
  }

  /// Makes sure that the next offer has an m-section for data channels.
  public void requestDataChannels() {
    if (!wantsData) {
      wantsData = true;
      offerOutdated = true;
    }
  }

  /// Makes the next offer restart ICE; negotiation is needed until one has (`restartIce()` of the
  /// W3C).
  public void restartIce() {
    addCredentials(descriptions.currentLocal(), iceToReplace);
    addCredentials(descriptions.pendingLocal(), iceToReplace);
    offerOutdated = true;
  }

  private static void addCredentials(@Nullable JsepDescription from, Set<String> to) {
    if (from == null) {
      return;
    }
    for (Section section : from.sections().list()) {
      IceParameters ice = section.ice();
      if (ice != null) {
        to.add(ice.usernameFragment());
      }
    }
  }

  /// The W3C's "check if negotiation is needed", meant for the stable state.
  public boolean negotiationNeeded() {
    if (descriptions.state() == SignalingState.CLOSED) {
      return false;
    }
    return !iceToReplace.isEmpty() || (wantsData && agreed.sctp() == null);
  }

  /// RFC 9429 §4.1.8. Changes nothing but what [#setLocalDescription] accepts.
  ///
  /// @param iceRestart whether every transport gets new credentials
  public JsepDescription createOffer(boolean iceRestart) throws JsepException {
    requireState("createOffer", SignalingState.STABLE, SignalingState.HAVE_LOCAL_OFFER);
    JsepDescription local = descriptions.local();
    JsepDescription remote = descriptions.currentRemote();
    SessionDescription offer =
        writer.offer(
            local == null ? null : local.sections(),
            remote == null ? null : remote.sections(),
            wantsData,
            ufrag -> iceRestart || iceToReplace.contains(ufrag),
            this::freshMid);
    lastOffer = offer;
    offerOutdated = false;
    return new JsepDescription(SdpType.OFFER, offer);
  }

  private String freshMid() {
    String mid;
    do {
      mid = Integer.toString(nextMid++);
    } while (isUsed(mid, descriptions.currentLocal())
        || isUsed(mid, descriptions.currentRemote())
        || isUsed(mid, descriptions.pendingLocal()));
    return mid;
  }

  private static boolean isUsed(String mid, @Nullable JsepDescription description) {
    return description != null && description.sections().byMid(mid) != null;
  }

  /// RFC 9429 §4.1.9.
  public JsepDescription createAnswer() throws JsepException {
    requireState(
        "createAnswer", SignalingState.HAVE_REMOTE_OFFER, SignalingState.HAVE_LOCAL_PRANSWER);
    JsepDescription offer = Objects.requireNonNull(descriptions.pendingRemote());
    JsepDescription local = descriptions.local();
    SessionDescription answer =
        writer.answer(
            offer.sections(),
            local == null ? null : local.sections(),
            agreed,
            descriptions.state() == SignalingState.HAVE_LOCAL_PRANSWER);
    lastAnswer = answer;
    return new JsepDescription(SdpType.ANSWER, answer);
  }

  /// Sets the description that fits the state, creating it when needed: the W3C's
  /// `setLocalDescription()` without argument. Returns what was set.
  public JsepDescription setLocalDescription() throws JsepException {
    SdpType type =
        switch (descriptions.state()) {
          case HAVE_REMOTE_OFFER, HAVE_LOCAL_PRANSWER -> SdpType.ANSWER;
          default -> SdpType.OFFER;
        };
    setLocalDescription(type, "");
    JsepDescription set = descriptions.local();
    return Objects.requireNonNull(set);
  }

  /// RFC 9429 §4.1.10.
  ///
  /// @param sdp the text last created for the type, or empty to create it where needed; ignored for
  ///   a rollback
  public void setLocalDescription(SdpType type, String sdp) throws JsepException {
    switch (type) {
      case ROLLBACK -> rollback();
      case OFFER -> {
        requireState(
            "setLocalDescription(offer)", SignalingState.STABLE, SignalingState.HAVE_LOCAL_OFFER);
        if (sdp.isEmpty() && (lastOffer == null || offerOutdated)) {
          createOffer(false);
        }
        setLocal(type, sdp, lastOffer);
      }
      case PRANSWER, ANSWER -> {
        requireState(
            "setLocalDescription(" + type + ")",
            SignalingState.HAVE_REMOTE_OFFER,
            SignalingState.HAVE_LOCAL_PRANSWER);
        if (sdp.isEmpty() && lastAnswer == null) {
          createAnswer();
        }
        setLocal(type, sdp, lastAnswer);
      }
    }
  }

  private void setLocal(SdpType type, String sdp, @Nullable SessionDescription created)
      throws JsepException {
    if (created == null || !(sdp.isEmpty() || sdp.equals(created.toString()))) {
      throw new JsepException(
          Kind.INVALID_MODIFICATION,
          "local " + type + " differs from the one last created; descriptions cannot be edited");
    }
    JsepDescription description =
        LocalCandidates.carriedOver(new JsepDescription(type, created), descriptions);
    apply(type, descriptions.withLocal(description));
  }

  /// RFC 9429 §4.1.11. An offer that meets our own rolls that back first, and this stays done even
  /// if the offer is then refused, as the W3C has it.
  public void setRemoteDescription(SdpType type, String sdp) throws JsepException {
    switch (type) {
      case ROLLBACK -> rollback();
      case OFFER -> setRemoteOffer(sdp);
      case PRANSWER, ANSWER -> {
        requireState(
            "setRemoteDescription(" + type + ")",
            SignalingState.HAVE_LOCAL_OFFER,
            SignalingState.HAVE_REMOTE_PRANSWER);
        JsepDescription description = parsed(type, sdp);
        JsepDescription offer = Objects.requireNonNull(descriptions.pendingLocal());
        check.answer(description.sections(), offer.sections());
        apply(type, descriptions.withRemote(description));
      }
    }
  }

  private void setRemoteOffer(String sdp) throws JsepException {
    if (descriptions.state() == SignalingState.HAVE_LOCAL_OFFER) {
      rollback();
    }
    requireState(
        "setRemoteDescription(offer)", SignalingState.STABLE, SignalingState.HAVE_REMOTE_OFFER);
    JsepDescription offer = parsed(SdpType.OFFER, sdp);
    JsepDescription current = descriptions.currentRemote();
    JsepDescription currentLocal = descriptions.currentLocal();
    check.offer(
        offer.sections(),
        current == null ? null : current.sections(),
        currentLocal == null ? null : currentLocal.sections());
    lastAnswer = null;
    apply(SdpType.OFFER, descriptions.withRemote(offer));
  }

  private static JsepDescription parsed(SdpType type, String sdp) throws JsepException {
    try {
      return new JsepDescription(type, SessionDescription.parse(sdp, SdpLimits.DEFAULT));
    } catch (MalformedSdpException e) {
      throw new JsepException(Kind.SDP_SYNTAX, String.valueOf(e.getMessage()), e.line());
    }
  }

  private void rollback() throws JsepException {
    requireState("rollback", SignalingState.HAVE_LOCAL_OFFER, SignalingState.HAVE_REMOTE_OFFER);
    lastAnswer = null;
    apply(SdpType.ROLLBACK, descriptions.rolledBack());
  }

  /// @param last the type of the description that leads to `next`
  private void apply(SdpType last, Descriptions next) {
    descriptions = next;
    updateParameters();
    if (last == SdpType.ANSWER) {
      completed();
    }
  }

  private void completed() {
    agreed = parameters;
    lastOffer = null;
    lastAnswer = null;
    Set<String> inForce = new HashSet<>();
    addCredentials(descriptions.currentLocal(), inForce);
    iceToReplace.retainAll(inForce);
    // The channels die with a section that was rejected; only a new request offers it again.
    wantsData = wantsData && parameters.sctp() != null;
  }

  private void updateParameters() {
    SessionParameters read = read();
    if (!read.equals(parameters)) {
      parameters = read;
    }
  }

  private SessionParameters read() {
    SessionParameters current = read(descriptions.currentLocal(), descriptions.currentRemote());
    JsepDescription pendingLocal = descriptions.pendingLocal();
    return switch (descriptions.state()) {
      case STABLE, HAVE_REMOTE_OFFER -> current;
      case HAVE_LOCAL_OFFER ->
          Agreement.offered(Objects.requireNonNull(pendingLocal).sections(), current);
      case HAVE_LOCAL_PRANSWER, HAVE_REMOTE_PRANSWER ->
          read(pendingLocal, descriptions.pendingRemote());
      case CLOSED -> SessionParameters.EMPTY;
    };
  }

  private SessionParameters read(
      @Nullable JsepDescription local, @Nullable JsepDescription remote) {
    return local == null || remote == null
        ? SessionParameters.EMPTY
        : Agreement.of(local.sections(), remote.sections(), local.type() == SdpType.OFFER, agreed);
  }

  /// The peer's next candidate, RFC 9429 §4.1.19. It appears in [#parameters()] once the
  /// description it belongs to is in force, unless its m-section shares another one's transport or
  /// is rejected.
  ///
  /// @param candidate `candidate:…`; empty for the end of candidates
  /// @param sdpMid the m-section, or null
  /// @param sdpMLineIndex the m-section when `sdpMid` is null, or null
  /// @param usernameFragment the ICE generation, or null for the newest
  public void addIceCandidate(
      String candidate,
      @Nullable String sdpMid,
      @Nullable Integer sdpMLineIndex,
      @Nullable String usernameFragment)
      throws JsepException {
    if (descriptions.state() == SignalingState.CLOSED) {
      throw new JsepException(Kind.INVALID_STATE, "addIceCandidate after close");
    }
    descriptions =
        remoteCandidates.added(descriptions, candidate, sdpMid, sdpMLineIndex, usernameFragment);
    updateParameters();
  }

  /// Puts a gathered candidate into the local descriptions of its ICE generation.
  ///
  /// @param mid of the transport, as in [SessionParameters]
  /// @param usernameFragment the local generation it was gathered for
  public void addLocalCandidate(String mid, String usernameFragment, CandidateAttribute candidate) {
    addLocal(mid, usernameFragment, candidate);
  }

  /// Marks a generation of local candidates complete.
  public void endOfLocalCandidates(String mid, String usernameFragment) {
    addLocal(mid, usernameFragment, FlagAttribute.END_OF_CANDIDATES);
  }

  private void addLocal(String mid, String usernameFragment, Attribute attribute) {
    descriptions = LocalCandidates.added(descriptions, mid, usernameFragment, attribute);
  }

  /// Whether the peer takes candidates after its description, RFC 9429 §4.1.17; null before a
  /// remote description.
  public @Nullable Boolean canTrickleIceCandidates() {
    JsepDescription remote = descriptions.remote();
    if (remote == null) {
      return null;
    }
    for (Section section : remote.sections().list()) {
      if (!section.rejected() && !section.trickles()) {
        return false;
      }
    }
    return true;
  }

  /// Ends everything: every later operation is refused, and [#parameters()] is empty.
  public void close() {
    descriptions = descriptions.closed();
    parameters = SessionParameters.EMPTY;
  }

  private void requireState(String operation, SignalingState one, SignalingState other)
      throws JsepException {
    SignalingState state = descriptions.state();
    if (state != one && state != other) {
      throw new JsepException(
          Kind.INVALID_STATE,
          operation + " in state " + state + ", expected " + one + " or " + other);
    }
  }
}
