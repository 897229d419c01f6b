package org.klatsch.peer.jsep;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
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
/// The state lies in four descriptions ([Descriptions]) and in the transceivers; what the
/// descriptions mean is read from them anew ([Agreement]). M-sections are a list that only grows: a
/// rejected one keeps its place until a new one takes it.
public final class Jsep {
  private final OfferWriter offers;
  private final AnswerWriter answers;
  private final Transceivers transceivers;
  private final String cname;
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
    Secrets secrets = new Secrets(random);
    DescriptionWriter writer = new DescriptionWriter(options, secrets);
    cname = secrets.cname();
    MediaWriter mediaWriter = new MediaWriter(options, cname);
    offers = new OfferWriter(writer, mediaWriter);
    answers = new AnswerWriter(writer, mediaWriter);
    transceivers = new Transceivers(secrets, () -> offerOutdated = true);
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

  /// The transceivers in the order they came, without the stopped ones that no description shows
  /// any more.
  public List<Transceiver> transceivers() {
    return transceivers.list();
  }

  /// RFC 9429 §4.1.6.
  public Transceiver addTransceiver(MediaKind kind, TransceiverInit init) {
    requireOpen("addTransceiver");
    return transceivers.add(kind, init);
  }

  /// RFC 9429 §4.1.4: a transceiver whose sender has no track and never sent takes it, or a new one
  /// does. A remote offer may adopt it.
  ///
  /// @param trackId named in `a=msid`
  /// @param streamIds the streams the track is in
  public Transceiver addTrack(MediaKind kind, String trackId, List<String> streamIds) {
    requireOpen("addTrack");
    return transceivers.addTrack(kind, trackId, streamIds);
  }

  /// RFC 9429 §4.1.5: the next description says that the sender does not send.
  public void removeTrack(Transceiver transceiver) {
    requireOpen("removeTrack");
    transceivers.removeTrack(transceiver);
  }

  /// RFC 9429 §4.2.1: the next description rejects the m-section.
  public void stop(Transceiver transceiver) {
    requireOpen("stop");
    transceivers.stop(transceiver);
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
    return !iceToReplace.isEmpty()
        || (wantsData && agreed.sctp() == null)
        || transceivers.list().stream().anyMatch(this::needsNegotiation);
  }

  private boolean needsNegotiation(Transceiver transceiver) {
    JsepDescription local = descriptions.currentLocal();
    JsepDescription remote = descriptions.currentRemote();
    return NegotiationNeed.of(transceiver, local, remote);
  }

  /// RFC 9429 §4.1.8. Changes nothing but what [#setLocalDescription] accepts.
  ///
  /// @param iceRestart whether every transport gets new credentials
  public JsepDescription createOffer(boolean iceRestart) throws JsepException {
    requireState("createOffer", SignalingState.STABLE, SignalingState.HAVE_LOCAL_OFFER);
    JsepDescription local = descriptions.local();
    JsepDescription remote = descriptions.currentRemote();
    SessionDescription offer =
        offers.write(
            new OfferWriter.Input(
                sections(local),
                sections(descriptions.currentLocal()),
                sections(remote),
                agreed,
                transceivers.list(),
                wantsData,
                ufrag -> iceRestart || iceToReplace.contains(ufrag),
                this::freshMid));
    lastOffer = offer;
    offerOutdated = false;
    return new JsepDescription(SdpType.OFFER, offer);
  }

  private static @Nullable Sections sections(@Nullable JsepDescription description) {
    return description == null ? null : description.sections();
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
    SessionDescription answer =
        answers.write(
            offer.sections(),
            sections(descriptions.local()),
            sections(descriptions.currentLocal()),
            agreed,
            transceivers,
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
        if (sdp.isEmpty() && (lastAnswer == null || offerOutdated)) {
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
    apply(descriptions.withLocal(description), true, type);
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
        apply(descriptions.withRemote(description), false, type);
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
    apply(descriptions.withRemote(offer), false, SdpType.OFFER);
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
    apply(descriptions.rolledBack(), true, SdpType.ROLLBACK);
  }

  private void apply(Descriptions next, boolean local, SdpType type) {
    descriptions = next;
    switch (type) {
      case OFFER -> {
        JsepDescription offer = Objects.requireNonNull(local ? next.local() : next.remote());
        if (local) {
          transceivers.setLocalOffer(offer.sections());
        } else {
          transceivers.setRemoteOffer(offer.sections());
        }
      }
      case PRANSWER, ANSWER -> {
        JsepDescription ours = Objects.requireNonNull(next.local());
        JsepDescription theirs = Objects.requireNonNull(next.remote());
        transceivers.setAnswer(ours.sections(), theirs.sections(), !local, type == SdpType.ANSWER);
      }
      case ROLLBACK -> transceivers.rollback();
    }
    updateParameters();
    if (type == SdpType.ANSWER) {
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
        : new Agreement(
                local.sections(),
                remote.sections(),
                local.type() == SdpType.OFFER,
                agreed,
                transceivers,
                cname)
            .read();
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
    transceivers.close();
    parameters = SessionParameters.EMPTY;
  }

  private void requireOpen(String operation) {
    if (descriptions.state() == SignalingState.CLOSED) {
      throw new IllegalStateException(operation + " after close");
    }
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
