package org.klatsch.webrtc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.NegotiatedParameters;
import org.klatsch.ice.CandidatePair;
import org.klatsch.ice.CandidateType;
import org.klatsch.ice.IceCandidate;
import org.klatsch.ice.PairStatistics;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionMedia;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.sansio.TransportAddress;

/// Builds the report of `getStats()`, W3C WebRTC Statistics, on the loop.
final class Statistics {
  private static final String TRANSPORT = "T01";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Connection connection;
  private final List<RTCStats> stats = new ArrayList<>();
  private final double timestamp;

  /// Wall-clock milliseconds at time 0 of the loop.
  private final double epoch;

  private Statistics(Connection connection, long now) {
    this.connection = connection;
    Instant wall = Instant.now();
    this.timestamp = wall.getEpochSecond() * 1e3 + wall.getNano() / NANOS_PER_MILLI;
    this.epoch = timestamp - now / NANOS_PER_MILLI;
  }

  /// @param sender the only one to report of, or null
  /// @param receiver the only one to report of, or null
  static RTCStatsReport report(
      Connection connection,
      long now,
      @Nullable RTCRtpSender sender,
      @Nullable RTCRtpReceiver receiver) {
    Statistics statistics = new Statistics(connection, now);
    boolean all = sender == null && receiver == null;
    MediaStatistics media =
        new MediaStatistics(
            now,
            statistics.timestamp,
            TRANSPORT,
            time -> statistics.epoch + time / NANOS_PER_MILLI);
    for (RTCRtpTransceiver each : connection.transceivers().list()) {
      if (all || each.sender() == sender) {
        media.sender(each);
      }
      if (all || each.receiver() == receiver) {
        media.receiver(each);
      }
    }
    statistics.stats.addAll(media.stats());
    statistics.collect(all);
    return new RTCStatsReport(statistics.stats);
  }

  /// @param all false leaves out what no track refers to
  private void collect(boolean all) {
    if (all) {
      collectChannels();
    }
    collectTransport();
  }

  private void collectChannels() {
    Channels channels = connection.channels();
    stats.add(new RTCPeerConnectionStats(timestamp, "P", channels.opened(), channels.closed()));
    for (RTCDataChannel channel : channels.all()) {
      ChannelState state = channel.loopState;
      stats.add(
          new RTCDataChannelStats(
              timestamp,
              "D" + (channel.id() == null ? "-" + System.identityHashCode(channel) : channel.id()),
              channel.label(),
              channel.protocol(),
              channel.id(),
              channel.readyState(),
              state.messagesSent,
              state.bytesSent,
              state.messagesReceived,
              state.bytesReceived));
    }
  }

  private void collectTransport() {
    Session session = connection.session();
    Jsep jsep = connection.jsep();
    if (session == null || jsep == null) {
      return;
    }
    SessionParameters parameters = jsep.parameters();
    if (parameters.transports().isEmpty()) {
      return;
    }
    transport(session, parameters.transports().getFirst());
  }

  private void transport(Session session, TransportParameters parameters) {
    String localCertificate = certificate(first(connection.certificates()));
    String remoteCertificate = certificate(firstOf(connection.remoteCertificates()));
    CandidatePair selected = session.ice().selectedPair();
    for (IceCandidate each : session.ice().localCandidates()) {
      candidate(each, RTCStatsType.LOCAL_CANDIDATE, parameters.localIce().usernameFragment());
    }
    for (IceCandidate each : session.ice().remoteCandidates()) {
      candidate(
          each,
          RTCStatsType.REMOTE_CANDIDATE,
          parameters.remoteIce() == null ? null : parameters.remoteIce().usernameFragment());
    }
    for (CandidatePair pair : session.ice().pairs()) {
      candidate(
          pair.local(), RTCStatsType.LOCAL_CANDIDATE, parameters.localIce().usernameFragment());
      candidate(pair.remote(), RTCStatsType.REMOTE_CANDIDATE, null);
      pair(pair, pair.equals(selected) ? session.media() : null);
    }
    NegotiatedParameters dtls = session.negotiated();
    SessionMedia media = session.media();
    DtlsRole role = parameters.localDtls().role();
    stats.add(
        new RTCTransportStats(
            timestamp,
            TRANSPORT,
            session.counters().packetsSent(),
            session.counters().packetsReceived(),
            session.counters().bytesSent(),
            session.counters().bytesReceived(),
            connection.iceTransport().role(),
            parameters.localIce().usernameFragment(),
            connection.dtlsState(),
            connection.iceState(),
            selected == null ? null : id(selected),
            localCertificate,
            remoteCertificate,
            dtls == null ? null : String.format("%04X", dtls.version().code()),
            dtls == null ? null : dtls.cipherSuite().toString(),
            dtls == null ? null : dtls.group().registeredName(),
            role == DtlsRole.AUTO
                ? RTCDtlsRole.UNKNOWN
                : RTCDtlsRole.of(role.name().toLowerCase(Locale.ROOT)),
            dtls == null || dtls.srtpProfile() == null ? null : dtls.srtpProfile().toString(),
            session.counters().selectedPairChanges(),
            media == null ? null : media.transport().counters().congestionFeedbackSentCount(),
            media == null ? null : media.transport().counters().congestionFeedbackReceivedCount(),
            session.counters().dtlsSentInChecks(),
            session.counters().dtlsReceivedInChecks(),
            session.skipsSctpHandshake()));
  }

  private static @Nullable X509Certificate first(List<RTCCertificate> certificates) {
    return certificates.isEmpty() ? null : certificates.getFirst().certificate().certificate();
  }

  private static @Nullable X509Certificate firstOf(List<X509Certificate> certificates) {
    return certificates.isEmpty() ? null : certificates.getFirst();
  }

  private @Nullable String certificate(@Nullable X509Certificate certificate) {
    if (certificate == null) {
      return null;
    }
    try {
      byte[] der = certificate.getEncoded();
      String fingerprint =
          HexFormat.ofDelimiter(":")
              .withUpperCase()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(der));
      String id = "CF" + fingerprint;
      stats.add(
          new RTCCertificateStats(
              timestamp,
              id,
              fingerprint,
              "sha-256",
              Base64.getEncoder().encodeToString(der),
              null));
      return id;
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a certificate that cannot be hashed", e);
    }
  }

  private static String id(IceCandidate candidate, RTCStatsType type) {
    String address = address(candidate, type);
    return (type == RTCStatsType.LOCAL_CANDIDATE ? "L" : "R")
        + candidate.type()
        + "-"
        + candidate.transport()
        + "-"
        + (address == null ? candidate.foundation() : address)
        + "-"
        + candidate.port();
  }

  /// What the application may learn, W3C WebRTC Statistics §8.15: no address of a peer that was not
  /// signalled, and none of ours that is hidden.
  private static @Nullable String address(IceCandidate candidate, RTCStatsType type) {
    boolean unsignalled =
        type == RTCStatsType.REMOTE_CANDIDATE && candidate.type() == CandidateType.PEER_REFLEXIVE;
    TransportAddress address = candidate.address();
    return unsignalled || address != null && address.isAnyLocal() ? null : candidate.host();
  }

  private static String id(CandidatePair pair) {
    return "CP" + pair.id();
  }

  private void candidate(IceCandidate candidate, RTCStatsType type, @Nullable String fragment) {
    String id = id(candidate, type);
    for (RTCStats each : stats) {
      if (each.id().equals(id)) {
        return;
      }
    }
    IceServers.Origin origin =
        type == RTCStatsType.LOCAL_CANDIDATE
            ? connection.gathering().servers().origin(candidate)
            : null;
    stats.add(
        new RTCIceCandidateStats(
            timestamp,
            type,
            id,
            TRANSPORT,
            address(candidate, type),
            candidate.port(),
            candidate.transport(),
            RTCIceCandidateType.of(candidate.type().toString()),
            candidate.priority(),
            origin == null ? null : origin.url(),
            origin == null ? null : origin.relayProtocol(),
            candidate.foundation(),
            candidate.relatedHost(),
            candidate.relatedHost() == null ? null : candidate.relatedPort(),
            fragment,
            candidate.tcpType() == null
                ? null
                : RTCIceTcpCandidateType.of(candidate.tcpType().toString())));
  }

  /// @param media that the pair carries, null for a pair that is not selected
  private void pair(CandidatePair pair, @Nullable SessionMedia media) {
    PairStatistics s = pair.statistics();
    stats.add(
        new RTCIceCandidatePairStats(
            timestamp,
            id(pair),
            TRANSPORT,
            id(pair.local(), RTCStatsType.LOCAL_CANDIDATE),
            id(pair.remote(), RTCStatsType.REMOTE_CANDIDATE),
            RTCStatsIceCandidatePairState.valueOf(pair.state().name()),
            pair.isNominated(),
            s.packetsSent(),
            s.packetsReceived(),
            s.bytesSent(),
            s.bytesReceived(),
            time(s.lastPacketSentAt()),
            time(s.lastPacketReceivedAt()),
            s.totalRoundTripNanos() / NANOS_PER_SECOND,
            s.currentRoundTripNanos() < 0 ? null : s.currentRoundTripNanos() / NANOS_PER_SECOND,
            media == null || !media.transport().hasEstimate()
                ? null
                : (double) media.transport().targetBitrate(),
            media == null || media.transport().incomingBitrate() == 0
                ? null
                : (double) media.transport().incomingBitrate(),
            s.requestsReceived(),
            s.requestsSent(),
            s.responsesReceived(),
            s.responsesSent(),
            s.consentRequestsSent(),
            0,
            0));
  }

  private @Nullable Double time(long nanos) {
    return nanos < 0 ? null : epoch + nanos / NANOS_PER_MILLI;
  }
}
