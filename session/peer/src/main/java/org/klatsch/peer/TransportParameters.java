package org.klatsch.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.CandidateAttribute;

/// All that is agreed about one transport: ICE beneath DTLS, shared by every m-section of a BUNDLE
/// group (RFC 9143). It is known in steps: with a local offer only the local half, with the answer
/// all of it.
///
/// @param mid the m-section that stands for the transport (the BUNDLE tag)
/// @param mids every m-section on the transport, the tag included
/// @param iceRole our role; a role conflict found by ICE itself overrides it
/// @param localIce our credentials; new ones mean an ICE restart, the former ones again that it was
///   rolled back
/// @param remoteIce the peer's credentials; null as long as none are known that belong to
///   `localIce`: during a restart the agent goes on with the former generation
/// @param remoteCandidates the peer's candidates of the generation `remoteIce`, in the order they
///   came; only ever grows within a generation
/// @param endOfRemoteCandidates whether the peer has said that no more will come
/// @param localDtls our certificates and our role
/// @param remoteDtls the peer's fingerprints and role; null until an answer is applied
public record TransportParameters(
    String mid,
    List<String> mids,
    IceRole iceRole,
    IceParameters localIce,
    @Nullable IceParameters remoteIce,
    List<CandidateAttribute> remoteCandidates,
    boolean endOfRemoteCandidates,
    DtlsParameters localDtls,
    @Nullable DtlsParameters remoteDtls) {
  public TransportParameters {
    mids = List.copyOf(mids);
    remoteCandidates = List.copyOf(remoteCandidates);
  }
}
