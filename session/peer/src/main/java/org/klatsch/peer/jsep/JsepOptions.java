package org.klatsch.peer.jsep;

import java.util.List;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.DtlsRole;

/// What the local side brings into every description.
///
/// @param fingerprints of the certificates we may present, at least one
/// @param answerRole our DTLS role when a peer leaves the choice to us. Default [DtlsRole#CLIENT],
///   as RFC 8842 §5.3 recommends: the answerer can send its ClientHello at once. [DtlsRole#SERVER]
///   lets a server choose the SRTP profile
/// @param trickle whether candidates may follow the description, RFC 8838; default true
/// @param iceLite whether we only answer checks; default false
/// @param renomination whether pairs may be nominated again; default true, unknown options are
///   ignored by peers
/// @param sctpPort our SCTP port; default 5000, the port every browser uses
/// @param maxMessageSize largest data channel message we take, in bytes, 0 for no limit; default
///   262,144, as Chromium: a message is held in memory until it is complete
/// @param maxMediaSections cap for the m-sections of one remote description; default 256
/// @param maxRemoteCandidates cap for the candidates of one m-section, trickled ones included;
///   default 100
/// @param media codecs and header extensions; default none, which is data channels only
/// @param bundlePolicy how our offers treat peers without BUNDLE; default balanced, as the W3C has
///   it
public record JsepOptions(
    List<DtlsFingerprint> fingerprints,
    DtlsRole answerRole,
    boolean trickle,
    boolean iceLite,
    boolean renomination,
    int sctpPort,
    long maxMessageSize,
    int maxMediaSections,
    int maxRemoteCandidates,
    MediaCapabilities media,
    BundlePolicy bundlePolicy) {
  public JsepOptions {
    fingerprints = List.copyOf(fingerprints);
    if (fingerprints.isEmpty()) {
      throw new IllegalArgumentException("no fingerprint, expected at least one");
    }
    if (answerRole == DtlsRole.AUTO) {
      throw new IllegalArgumentException("answerRole AUTO, expected CLIENT or SERVER");
    }
    if (sctpPort < 1 || sctpPort > 65_535) {
      throw new IllegalArgumentException("sctpPort " + sctpPort + ", expected 1 to 65535");
    }
    if (maxMessageSize < 0) {
      throw new IllegalArgumentException("maxMessageSize " + maxMessageSize + ", expected >= 0");
    }
    if (maxMediaSections < 1 || maxRemoteCandidates < 1) {
      throw new IllegalArgumentException(
          "caps " + maxMediaSections + " and " + maxRemoteCandidates + ", expected >= 1");
    }
  }

  /// The defaults for one or more certificates.
  public static JsepOptions of(List<DtlsFingerprint> fingerprints) {
    return new JsepOptions(
        fingerprints,
        DtlsRole.CLIENT,
        true,
        false,
        true,
        5000,
        262_144,
        256,
        100,
        MediaCapabilities.NONE,
        BundlePolicy.BALANCED);
  }

  public JsepOptions withAnswerRole(DtlsRole role) {
    return new JsepOptions(
        fingerprints,
        role,
        trickle,
        iceLite,
        renomination,
        sctpPort,
        maxMessageSize,
        maxMediaSections,
        maxRemoteCandidates,
        media,
        bundlePolicy);
  }

  public JsepOptions withTrickle(boolean on) {
    return new JsepOptions(
        fingerprints,
        answerRole,
        on,
        iceLite,
        renomination,
        sctpPort,
        maxMessageSize,
        maxMediaSections,
        maxRemoteCandidates,
        media,
        bundlePolicy);
  }

  public JsepOptions withIceLite(boolean on) {
    return new JsepOptions(
        fingerprints,
        answerRole,
        trickle,
        on,
        renomination,
        sctpPort,
        maxMessageSize,
        maxMediaSections,
        maxRemoteCandidates,
        media,
        bundlePolicy);
  }

  public JsepOptions withMaxMessageSize(long bytes) {
    return new JsepOptions(
        fingerprints,
        answerRole,
        trickle,
        iceLite,
        renomination,
        sctpPort,
        bytes,
        maxMediaSections,
        maxRemoteCandidates,
        media,
        bundlePolicy);
  }

  public JsepOptions withMedia(MediaCapabilities capabilities) {
    return new JsepOptions(
        fingerprints,
        answerRole,
        trickle,
        iceLite,
        renomination,
        sctpPort,
        maxMessageSize,
        maxMediaSections,
        maxRemoteCandidates,
        capabilities,
        bundlePolicy);
  }

  public JsepOptions withBundlePolicy(BundlePolicy policy) {
    return new JsepOptions(
        fingerprints,
        answerRole,
        trickle,
        iceLite,
        renomination,
        sctpPort,
        maxMessageSize,
        maxMediaSections,
        maxRemoteCandidates,
        media,
        policy);
  }
}
