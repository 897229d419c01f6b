package org.klatsch.peer;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.ice.IceOptions;
import org.klatsch.sctp.SctpOptions;
import org.klatsch.sctp.dcep.DataChannelOptions;

/// Settings of a [Session]. Start from [#of] and change single ones.
///
/// @param certificates own certificates, at least one; their fingerprints are what the peer was
///   told
/// @param ice settings of the ICE agent
/// @param sctp settings of the association; its ports and largest message are those negotiated
/// @param channels bounds of the data channels
/// @param keyLog takes the DTLS secrets in the format of SSLKEYLOGFILE; null for none. Whoever
///   reads them reads everything
/// @param tap sees the decrypted SCTP packets of both directions; null for none
/// @param maxEarlyPackets DTLS packets kept until the peer's fingerprint is known. Default 8: a
///   ClientHello with a post-quantum key share in two datagrams, retransmitted a few times
/// @param maxEarlyBytes bytes of those. Default 12,000: eight full Ethernet frames
public record SessionOptions(
    List<DtlsCertificate> certificates,
    IceOptions ice,
    SctpOptions sctp,
    DataChannelOptions channels,
    @Nullable Consumer<String> keyLog,
    @Nullable PlaintextTap tap,
    int maxEarlyPackets,
    int maxEarlyBytes) {
  public SessionOptions {
    certificates = List.copyOf(certificates);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("no certificate, expected at least one");
    }
    if (maxEarlyPackets < 0 || maxEarlyBytes < 0) {
      throw new IllegalArgumentException(
          "caps " + maxEarlyPackets + " and " + maxEarlyBytes + ", expected >= 0");
    }
  }

  /// The defaults with these certificates.
  public static SessionOptions of(List<DtlsCertificate> certificates) {
    return new SessionOptions(
        certificates,
        IceOptions.DEFAULT,
        SctpOptions.defaults(),
        DataChannelOptions.DEFAULT,
        null,
        null,
        8,
        12_000);
  }

  public SessionOptions withIce(IceOptions value) {
    return new SessionOptions(
        certificates, value, sctp, channels, keyLog, tap, maxEarlyPackets, maxEarlyBytes);
  }

  public SessionOptions withSctp(SctpOptions value) {
    return new SessionOptions(
        certificates, ice, value, channels, keyLog, tap, maxEarlyPackets, maxEarlyBytes);
  }

  public SessionOptions withKeyLog(@Nullable Consumer<String> value) {
    return new SessionOptions(
        certificates, ice, sctp, channels, value, tap, maxEarlyPackets, maxEarlyBytes);
  }

  public SessionOptions withTap(@Nullable PlaintextTap value) {
    return new SessionOptions(
        certificates, ice, sctp, channels, keyLog, value, maxEarlyPackets, maxEarlyBytes);
  }
}
