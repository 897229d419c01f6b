package org.klatsch.peer.jsep;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.SessionParameters;
import org.klatsch.sdp.CandidateAttribute;

/// The offer/answer half of a peer connection, RFC 9429: it turns descriptions into
/// [SessionParameters] and back. Every operation either succeeds or throws and changes nothing.
/// Confined to one thread; no input or output of its own.
@SuppressWarnings("DoNotCallSuggester")
public final class Jsep {
  /// @param options what we bring into every description
  /// @param random makes ICE credentials and session ids, which are secrets or must be unguessable
  public Jsep(JsepOptions options, SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  public SignalingState signalingState() {
    throw new UnsupportedOperationException();
  }

  public @Nullable JsepDescription currentLocalDescription() {
    throw new UnsupportedOperationException();
  }

  public @Nullable JsepDescription pendingLocalDescription() {
    throw new UnsupportedOperationException();
  }

  public @Nullable JsepDescription currentRemoteDescription() {
    throw new UnsupportedOperationException();
  }

  public @Nullable JsepDescription pendingRemoteDescription() {
    throw new UnsupportedOperationException();
  }

  /// The pending local description, else the current one.
  public @Nullable JsepDescription localDescription() {
    throw new UnsupportedOperationException();
  }

  /// The pending remote description, else the current one.
  public @Nullable JsepDescription remoteDescription() {
    throw new UnsupportedOperationException();
  }

  /// What the descriptions set so far mean for the session. The same object until something
  /// changes.
  public SessionParameters parameters() {
    throw new UnsupportedOperationException();
  }

  /// Whether the next offer shall have an m-section for data channels: there is one or will be.
  public void requestDataChannels() {
    throw new UnsupportedOperationException();
  }

  /// Makes the next offer restart ICE; negotiation is needed until one has (`restartIce()` of the
  /// W3C).
  public void restartIce() {
    throw new UnsupportedOperationException();
  }

  /// The W3C's check whether negotiation is needed; meant for the stable state.
  public boolean negotiationNeeded() {
    throw new UnsupportedOperationException();
  }

  /// RFC 9429 §4.1.8. Changes no state but what setLocalDescription accepts.
  public JsepDescription createOffer(boolean iceRestart) throws JsepException {
    throw new UnsupportedOperationException();
  }

  /// RFC 9429 §4.1.9.
  public JsepDescription createAnswer() throws JsepException {
    throw new UnsupportedOperationException();
  }

  /// Sets the description that fits the state, creating it when needed (the W3C's
  /// `setLocalDescription()` without argument). Returns what was set.
  public JsepDescription setLocalDescription() throws JsepException {
    throw new UnsupportedOperationException();
  }

  /// RFC 9429 §4.1.10.
  ///
  /// @param sdp the text last created, or empty for it; ignored for a rollback
  public void setLocalDescription(SdpType type, String sdp) throws JsepException {
    throw new UnsupportedOperationException();
  }

  /// RFC 9429 §4.1.11. An offer that meets our own rolls that back first.
  public void setRemoteDescription(SdpType type, String sdp) throws JsepException {
    throw new UnsupportedOperationException();
  }

  /// The peer's next candidate, RFC 9429 §4.1.19. It appears in [#parameters()] unless its
  /// m-section is rejected or not on a transport of its own.
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
    throw new UnsupportedOperationException();
  }

  /// Puts a gathered candidate into the local descriptions of its ICE generation.
  ///
  /// @param mid of the transport, as in [SessionParameters]
  /// @param usernameFragment the local generation it was gathered for
  public void addLocalCandidate(String mid, String usernameFragment, CandidateAttribute candidate) {
    throw new UnsupportedOperationException();
  }

  /// Marks a generation of local candidates complete.
  public void endOfLocalCandidates(String mid, String usernameFragment) {
    throw new UnsupportedOperationException();
  }

  /// Whether the peer takes candidates after its description; null before a remote description.
  public @Nullable Boolean canTrickleIceCandidates() {
    throw new UnsupportedOperationException();
  }

  /// Ends everything: every later operation is refused.
  public void close() {
    throw new UnsupportedOperationException();
  }
}
