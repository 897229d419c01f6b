package org.klatsch.peer;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.dtls.SrtpProfile;
import org.klatsch.ice.IceOptions;
import org.klatsch.media.RtpTransportOptions;
import org.klatsch.sctp.SctpOptions;
import org.klatsch.sctp.dcep.DataChannelOptions;
import org.klatsch.srtp.SrtpOptions;

/// Settings of a [Session]. Start from [#of] and change single ones.
///
/// @param certificates own certificates, at least one; their fingerprints are what the peer was
///   told
/// @param ice settings of the ICE agent
/// @param sctp settings of the association; its ports and largest message are those negotiated
/// @param sctpInit our INIT chunk in base64 that descriptions tell, from
///   [org.klatsch.sctp.SctpAssociation#newInit] with `sctp`; null for none
/// @param channels bounds of the data channels
/// @param dtlsVersions enabled versions of DTLS, newest first. Default 1.3 and 1.2
/// @param dtlsInStun whether connectivity checks carry the DTLS handshake (SPED). Default off, as
///   the descriptions have to tell it
/// @param keyLog takes the DTLS secrets in the format of SSLKEYLOGFILE; null for none. Whoever
///   reads them reads everything
/// @param tap sees the decrypted SCTP packets of both directions; null for none
/// @param rtp settings of media; the pacer, the jitter buffers and the reports are there
/// @param srtp settings of media encryption
/// @param srtpProfiles offered and accepted, the preferred one first. Default AES-GCM before
///   AES-CM, because it costs half; whoever is the DTLS server decides
/// @param maxEarlyPackets DTLS packets kept until the peer's fingerprint is known. Default 8: a
///   ClientHello with a post-quantum key share in two datagrams, retransmitted a few times
/// @param maxEarlyBytes bytes of those. Default 12,000: eight full Ethernet frames
/// @param maxEarlyMediaPackets media packets kept until the handshake gives the keys. Default 32:
///   the key frame of a small video, or half a second of audio
/// @param maxEarlyMediaBytes bytes of those. Default 40,000
public record SessionOptions(
    List<DtlsCertificate> certificates,
    IceOptions ice,
    SctpOptions sctp,
    @Nullable String sctpInit,
    DataChannelOptions channels,
    List<ProtocolVersion> dtlsVersions,
    ExtensionUse dtlsInStun,
    @Nullable Consumer<String> keyLog,
    @Nullable PlaintextTap tap,
    RtpTransportOptions rtp,
    SrtpOptions srtp,
    List<SrtpProfile> srtpProfiles,
    int maxEarlyPackets,
    int maxEarlyBytes,
    int maxEarlyMediaPackets,
    int maxEarlyMediaBytes) {
  public SessionOptions {
    certificates = List.copyOf(certificates);
    dtlsVersions = List.copyOf(dtlsVersions);
    srtpProfiles = List.copyOf(srtpProfiles);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("no certificate, expected at least one");
    }
    requireCaps(maxEarlyPackets, maxEarlyBytes);
    requireCaps(maxEarlyMediaPackets, maxEarlyMediaBytes);
  }

  private static void requireCaps(int packets, int bytes) {
    if (packets < 0 || bytes < 0) {
      throw new IllegalArgumentException("caps " + packets + " and " + bytes + ", expected >= 0");
    }
  }

  /// The defaults with these certificates.
  public static SessionOptions of(List<DtlsCertificate> certificates) {
    return new SessionOptions(
        certificates,
        IceOptions.DEFAULT,
        SctpOptions.defaults(),
        null,
        DataChannelOptions.DEFAULT,
        DtlsOptions.DEFAULT_VERSIONS,
        ExtensionUse.OFF,
        null,
        null,
        RtpTransportOptions.DEFAULT,
        SrtpOptions.DEFAULT,
        List.of(
            SrtpProfile.SRTP_AEAD_AES_128_GCM,
            SrtpProfile.SRTP_AEAD_AES_256_GCM,
            SrtpProfile.SRTP_AES128_CM_HMAC_SHA1_80),
        8,
        12_000,
        32,
        40_000);
  }

  public SessionOptions withIce(IceOptions value) {
    return with(next -> next.ice = value);
  }

  public SessionOptions withSctp(SctpOptions value) {
    return with(next -> next.sctp = value);
  }

  public SessionOptions withSctpInit(@Nullable String value) {
    return with(next -> next.sctpInit = value);
  }

  public SessionOptions withDtlsVersions(List<ProtocolVersion> value) {
    return with(next -> next.dtlsVersions = value);
  }

  public SessionOptions withDtlsInStun(ExtensionUse value) {
    return with(next -> next.dtlsInStun = value);
  }

  public SessionOptions withKeyLog(@Nullable Consumer<String> value) {
    return with(next -> next.keyLog = value);
  }

  public SessionOptions withTap(@Nullable PlaintextTap value) {
    return with(next -> next.tap = value);
  }

  public SessionOptions withRtp(RtpTransportOptions value) {
    return with(next -> next.rtp = value);
  }

  public SessionOptions withSrtp(SrtpOptions value) {
    return with(next -> next.srtp = value);
  }

  public SessionOptions withSrtpProfiles(List<SrtpProfile> value) {
    return with(next -> next.srtpProfiles = value);
  }

  public SessionOptions withMaxEarlyMedia(int packets, int bytes) {
    return with(next -> {
      next.maxEarlyMediaPackets = packets;
      next.maxEarlyMediaBytes = bytes;
    });
  }

  /// A copy in which components may be set.
  private final class Next {
    IceOptions ice = SessionOptions.this.ice;
    SctpOptions sctp = SessionOptions.this.sctp;
    @Nullable String sctpInit = SessionOptions.this.sctpInit;
    List<ProtocolVersion> dtlsVersions = SessionOptions.this.dtlsVersions;
    ExtensionUse dtlsInStun = SessionOptions.this.dtlsInStun;
    @Nullable Consumer<String> keyLog = SessionOptions.this.keyLog;
    @Nullable PlaintextTap tap = SessionOptions.this.tap;
    RtpTransportOptions rtp = SessionOptions.this.rtp;
    SrtpOptions srtp = SessionOptions.this.srtp;
    List<SrtpProfile> srtpProfiles = SessionOptions.this.srtpProfiles;
    int maxEarlyMediaPackets = SessionOptions.this.maxEarlyMediaPackets;
    int maxEarlyMediaBytes = SessionOptions.this.maxEarlyMediaBytes;
  }

  private SessionOptions with(Consumer<Next> change) {
    Next next = new Next();
    change.accept(next);
    return new SessionOptions(
        certificates,
        next.ice,
        next.sctp,
        next.sctpInit,
        channels,
        next.dtlsVersions,
        next.dtlsInStun,
        next.keyLog,
        next.tap,
        next.rtp,
        next.srtp,
        next.srtpProfiles,
        maxEarlyPackets,
        maxEarlyBytes,
        next.maxEarlyMediaPackets,
        next.maxEarlyMediaBytes);
  }
}
