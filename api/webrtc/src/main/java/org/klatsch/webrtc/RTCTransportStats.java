package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// An ICE and DTLS transport, W3C WebRTC Statistics §8.14. Null means unknown.
///
/// @param tlsGroup the group of the key exchange by its registered name, which the W3C's list lacks
/// @param dtlsSentInChecks DTLS datagrams that connectivity checks carried to the peer, likewise
/// @param dtlsReceivedInChecks DTLS datagrams that the peer's checks carried, likewise
/// @param sctpInitExchanged whether SCTP began with the INIT chunks of the descriptions, likewise
public record RTCTransportStats(
    double timestamp,
    String id,
    long packetsSent,
    long packetsReceived,
    long bytesSent,
    long bytesReceived,
    RTCIceRole iceRole,
    @Nullable String iceLocalUsernameFragment,
    RTCDtlsTransportState dtlsState,
    RTCIceTransportState iceState,
    @Nullable String selectedCandidatePairId,
    @Nullable String localCertificateId,
    @Nullable String remoteCertificateId,
    @Nullable String tlsVersion,
    @Nullable String dtlsCipher,
    @Nullable String tlsGroup,
    RTCDtlsRole dtlsRole,
    @Nullable String srtpCipher,
    int selectedCandidatePairChanges,
    @Nullable Long ccfbMessagesSent,
    @Nullable Long ccfbMessagesReceived,
    long dtlsSentInChecks,
    long dtlsReceivedInChecks,
    boolean sctpInitExchanged)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.TRANSPORT;
  }
}
