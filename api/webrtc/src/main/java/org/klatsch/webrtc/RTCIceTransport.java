package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ICE transport under a DTLS connection, W3C WebRTC §5.6.
public final class RTCIceTransport extends EventTarget {
  private volatile RTCIceRole role = RTCIceRole.UNKNOWN;
  private volatile RTCIceTransportState state = RTCIceTransportState.NEW;
  private volatile RTCIceGathererState gatheringState = RTCIceGathererState.NEW;
  private volatile @Nullable RTCIceCandidatePair selectedPair;
  private volatile @Nullable RTCIceParameters localParameters;
  private volatile @Nullable RTCIceParameters remoteParameters;
  private final List<RTCIceCandidate> localCandidates = new ArrayList<>();
  private final List<RTCIceCandidate> remoteCandidates = new ArrayList<>();

  RTCIceTransport() {}

  public RTCIceRole role() {
    return role;
  }

  /// Always rtp: RTCP shares its port.
  public RTCIceComponent component() {
    return RTCIceComponent.RTP;
  }

  public RTCIceTransportState state() {
    return state;
  }

  public RTCIceGathererState gatheringState() {
    return gatheringState;
  }

  public List<RTCIceCandidate> getLocalCandidates() {
    synchronized (localCandidates) {
      return List.copyOf(localCandidates);
    }
  }

  public List<RTCIceCandidate> getRemoteCandidates() {
    synchronized (remoteCandidates) {
      return List.copyOf(remoteCandidates);
    }
  }

  /// The pair that packets take; null until there is one.
  public @Nullable RTCIceCandidatePair getSelectedCandidatePair() {
    return selectedPair;
  }

  public @Nullable RTCIceParameters getLocalParameters() {
    return localParameters;
  }

  public @Nullable RTCIceParameters getRemoteParameters() {
    return remoteParameters;
  }

  public void onStateChange(@Nullable EventListener<Event> listener) {
    handler("statechange", listener);
  }

  public void onGatheringStateChange(@Nullable EventListener<Event> listener) {
    handler("gatheringstatechange", listener);
  }

  public void onSelectedCandidatePairChange(@Nullable EventListener<Event> listener) {
    handler("selectedcandidatepairchange", listener);
  }

  // The rest is called by tasks.

  void set(RTCIceTransportState value) {
    state = value;
  }

  void role(RTCIceRole value) {
    role = value;
  }

  /// New parameters begin a new generation, whose candidates are listed anew.
  void localParameters(RTCIceParameters value) {
    if (!value.equals(localParameters)) {
      localParameters = value;
      synchronized (localCandidates) {
        localCandidates.clear();
      }
    }
  }

  void remoteParameters(@Nullable RTCIceParameters value) {
    if (value != null && !value.equals(remoteParameters)) {
      remoteParameters = value;
      synchronized (remoteCandidates) {
        remoteCandidates.clear();
      }
    }
  }

  void addLocalCandidate(RTCIceCandidate candidate) {
    synchronized (localCandidates) {
      localCandidates.add(candidate);
    }
  }

  void addRemoteCandidate(RTCIceCandidate candidate) {
    synchronized (remoteCandidates) {
      remoteCandidates.add(candidate);
    }
  }

  void gatheringState(RTCIceGathererState value) {
    gatheringState = value;
  }

  void selectedPair(@Nullable RTCIceCandidatePair value) {
    selectedPair = value;
  }
}
