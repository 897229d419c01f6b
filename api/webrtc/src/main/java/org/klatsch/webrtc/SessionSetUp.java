package org.klatsch.webrtc;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.IceOptions;
import org.klatsch.media.RtpTransportOptions;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionOptions;
import org.klatsch.peer.jsep.BundlePolicy;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.JsepOptions;
import org.klatsch.rtp.NtpTime;
import org.klatsch.sctp.SctpAssociation;

/// What the descriptions of a connection tell and its session has to keep to.
///
/// @param sctpInit our INIT chunk of SCTP in base64; null when no peer is told it
record SessionSetUp(
    PeerConnectionOptions options, List<RTCCertificate> certificates, @Nullable String sctpInit) {
  private static final SecureRandom RANDOM = new SecureRandom();

  static SessionSetUp of(PeerConnectionOptions options, List<RTCCertificate> certificates) {
    String init =
        options.sctpInit() == ExtensionUse.OFF
            ? null
            : Base64.getEncoder().encodeToString(SctpAssociation.newInit(options.sctp(), RANDOM));
    return new SessionSetUp(options, certificates, init);
  }

  Jsep jsep(RTCBundlePolicy bundlePolicy) {
    List<DtlsFingerprint> fingerprints =
        certificates.stream()
            .flatMap(certificate -> certificate.getFingerprints().stream())
            .map(each -> new DtlsFingerprint(each.algorithm(), each.value()))
            .toList();
    return new Jsep(
        JsepOptions.of(fingerprints)
            .withMaxMessageSize(options.maxReceivedMessageSize())
            .withSctpInit(sctpInit, options.sctpInit() == ExtensionUse.OFFER)
            .withDtlsInStun(options.dtlsInStun())
            .withMedia(options.media())
            .withBundlePolicy(BundlePolicy.valueOf(bundlePolicy.name())),
        RANDOM);
  }

  /// @param now the loop's time
  Session session(long now, IceOptions ice) {
    Session made =
        new Session(
            SessionOptions.of(certificates.stream().map(RTCCertificate::certificate).toList())
                .withIce(ice)
                .withSctp(options.sctp())
                .withSctpInit(sctpInit)
                .withDtlsVersions(options.dtlsVersions())
                .withDtlsInStun(options.dtlsInStun())
                .withRtp(RtpTransportOptions.DEFAULT.withJitter(options.jitter()))
                .withKeyLog(options.keyLog())
                .withTap(options.tap()),
            RANDOM);
    Instant wall = Instant.now();
    made.wallClock(now, NtpTime.ofEpoch(wall.getEpochSecond(), wall.getNano()));
    return made;
  }
}
