package org.klatsch.peer.jsep;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.ExtensionUse;

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
/// @param sctpInit our INIT chunk in base64, told to peers that tell theirs; default null, for none
///   (draft-hancke-tsvwg-snap)
/// @param offersSctpInit whether offers have it too; default false, as browsers
/// @param dtlsInStun whether the ICE option `sped` is told, for DTLS in connectivity checks
///   (draft-hancke-webrtc-sped); default off, as the session has to know the same
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
    @Nullable String sctpInit,
    boolean offersSctpInit,
    ExtensionUse dtlsInStun,
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
        null,
        false,
        ExtensionUse.OFF,
        256,
        100,
        MediaCapabilities.NONE,
        BundlePolicy.BALANCED);
  }

  public JsepOptions withAnswerRole(DtlsRole role) {
    return with(next -> next.answerRole = role);
  }

  public JsepOptions withTrickle(boolean on) {
    return with(next -> next.trickle = on);
  }

  public JsepOptions withIceLite(boolean on) {
    return with(next -> next.iceLite = on);
  }

  public JsepOptions withMaxMessageSize(long bytes) {
    return with(next -> next.maxMessageSize = bytes);
  }

  /// @param init our INIT chunk in base64
  /// @param offers whether offers have it, and not only answers to such offers
  public JsepOptions withSctpInit(@Nullable String init, boolean offers) {
    return with(next -> {
      next.sctpInit = init;
      next.offersSctpInit = offers;
    });
  }

  public JsepOptions withDtlsInStun(ExtensionUse use) {
    return with(next -> next.dtlsInStun = use);
  }

  public JsepOptions withMedia(MediaCapabilities capabilities) {
    return with(next -> next.media = capabilities);
  }

  public JsepOptions withBundlePolicy(BundlePolicy policy) {
    return with(next -> next.bundlePolicy = policy);
  }

  /// A copy in which components may be set.
  private final class Next {
    DtlsRole answerRole = JsepOptions.this.answerRole;
    boolean trickle = JsepOptions.this.trickle;
    boolean iceLite = JsepOptions.this.iceLite;
    long maxMessageSize = JsepOptions.this.maxMessageSize;
    @Nullable String sctpInit = JsepOptions.this.sctpInit;
    boolean offersSctpInit = JsepOptions.this.offersSctpInit;
    ExtensionUse dtlsInStun = JsepOptions.this.dtlsInStun;
    MediaCapabilities media = JsepOptions.this.media;
    BundlePolicy bundlePolicy = JsepOptions.this.bundlePolicy;
  }

  private JsepOptions with(Consumer<Next> change) {
    Next next = new Next();
    change.accept(next);
    return new JsepOptions(
        fingerprints,
        next.answerRole,
        next.trickle,
        next.iceLite,
        renomination,
        sctpPort,
        next.maxMessageSize,
        next.sctpInit,
        next.offersSctpInit,
        next.dtlsInStun,
        maxMediaSections,
        maxRemoteCandidates,
        next.media,
        next.bundlePolicy);
  }
}
