package org.klatsch.webrtc;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.ProtocolVersion;
import org.klatsch.ice.IceOptions;
import org.klatsch.media.audio.AudioJitterOptions;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.IpHandling;
import org.klatsch.net.PortRange;
import org.klatsch.net.SharedPort;
import org.klatsch.net.StreamConnector;
import org.klatsch.net.proxy.ProxyDialer;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.peer.PlaintextTap;
import org.klatsch.peer.jsep.MediaCapabilities;
import org.klatsch.sctp.SctpOptions;

/// What a [PeerConnectionFactory] gives to its connections beyond the W3C's configuration. Start
/// from [#DEFAULT] and change single ones.
///
/// @param executor runs listeners and completes futures, in the W3C's order; null for virtual
///   threads. With `Runnable::run` they run on the event loop, where they must not block
/// @param sharedPort one UDP port for all connections; null: each has ports of its own
/// @param portRange which UDP ports a connection may take
/// @param interfaces which local addresses are used and told to peers
/// @param ipHandling how many of those are used and told, RFC 8828 §5.2; a shared port has those it
///   was opened with
/// @param mdnsNames when peers get names in place of addresses
/// @param sendLimit bytes of a channel that may wait to be sent before `send` fails
/// @param maxReceivedMessageSize the longest message taken from a peer, in bytes
/// @param ice settings of the ICE agents; their STUN servers come from the configuration
/// @param sctp settings of the associations
/// @param sctpInit whether descriptions tell SCTP's INIT chunks (SNAP): data channels then open as
///   soon as DTLS is connected
/// @param dtlsVersions enabled versions of DTLS, newest first
/// @param dtlsInStun whether connectivity checks carry the DTLS handshake (SPED), which is then
///   over by the time that ICE has a pair
/// @param keyLog takes the DTLS secrets in the format of SSLKEYLOGFILE; null for none
/// @param codecs encode and decode
/// @param media the codecs and header extensions to negotiate
/// @param jitter settings of the playout of received audio
/// @param streams how TURN servers are reached over TCP and TLS, and peers over TCP
/// @param tcpCandidates which TCP candidates are offered to peers
/// @param tap sees the decrypted SCTP packets, see [PlaintextCapture]; null for none
public record PeerConnectionOptions(
    @Nullable Executor executor,
    @Nullable SharedPort sharedPort,
    PortRange portRange,
    InterfaceFilter interfaces,
    IpHandling ipHandling,
    MdnsNames mdnsNames,
    long sendLimit,
    long maxReceivedMessageSize,
    IceOptions ice,
    SctpOptions sctp,
    ExtensionUse sctpInit,
    List<ProtocolVersion> dtlsVersions,
    ExtensionUse dtlsInStun,
    @Nullable Consumer<String> keyLog,
    @Nullable PlaintextTap tap,
    Codecs codecs,
    MediaCapabilities media,
    AudioJitterOptions jitter,
    StreamConnector streams,
    TcpCandidates tcpCandidates) {
  /// The defaults, each for its reason:
  ///
  /// - virtual threads: a listener may block;
  /// - ports of their own: the system tells packets of different peers apart;
  /// - no loopback candidates, as browsers; peers on one machine meet on its other addresses;
  /// - only the interface of the default route, under a random name until devices are granted: what
  ///   RFC 8828 §5.2 asks of a program whose user has consented to nothing yet;
  /// - `sendLimit` 16 MiB, as Chromium;
  /// - `maxReceivedMessageSize` 256 KiB, as Chromium: a message is held until it is complete;
  /// - connections over TCP through the proxy that the environment names (`KLATSCH_PROXY`);
  /// - TCP candidates of both kinds: browsers have active ones only, and so need a passive one;
  /// - INIT chunks and DTLS in checks for peers that offer them; in offers they would help few
  ///   peers yet;
  /// - DTLS 1.3 and, for older peers, 1.2, as browsers;
  /// - `codecs` those that are installed, and of audio only those are negotiated; every video
  ///   format is, as it can be forwarded and recorded without being decoded.
  public static final PeerConnectionOptions DEFAULT =
      new PeerConnectionOptions(
          null,
          null,
          PortRange.EPHEMERAL,
          InterfaceFilter.DEFAULT,
          IpHandling.DEFAULT_ROUTE,
          MdnsNames.UNTIL_DEVICES_ARE_GRANTED,
          16L << 20,
          256L << 10,
          IceOptions.DEFAULT,
          SctpOptions.defaults(),
          ExtensionUse.ANSWER,
          DtlsOptions.DEFAULT_VERSIONS,
          ExtensionUse.ANSWER,
          null,
          null,
          Codecs.installed(),
          installedMedia(Codecs.installed()),
          AudioJitterOptions.DEFAULT,
          StreamConnector.DEFAULT.withDialer(ProxyDialer.ofEnvironment(System.getenv())),
          TcpCandidates.ACTIVE_AND_PASSIVE);

  private static MediaCapabilities installedMedia(Codecs codecs) {
    return MediaCapabilities.standard()
        .onlyMedia(codec ->
            codec.mimeType().startsWith("video/") || codecs.supports(Formats.format(codec)));
  }

  public PeerConnectionOptions {
    dtlsVersions = List.copyOf(dtlsVersions);
    if (sendLimit < 1 || maxReceivedMessageSize < 1) {
      throw new IllegalArgumentException(
          "sendLimit "
              + sendLimit
              + " and maxReceivedMessageSize "
              + maxReceivedMessageSize
              + " must be at least 1");
    }
  }

  public PeerConnectionOptions withExecutor(@Nullable Executor value) {
    return with(next -> next.executor = value);
  }

  public PeerConnectionOptions withSharedPort(@Nullable SharedPort value) {
    return with(next -> next.sharedPort = value);
  }

  public PeerConnectionOptions withPortRange(PortRange value) {
    return with(next -> next.portRange = value);
  }

  public PeerConnectionOptions withInterfaces(InterfaceFilter value) {
    return with(next -> next.interfaces = value);
  }

  public PeerConnectionOptions withIpHandling(IpHandling value) {
    return with(next -> next.ipHandling = value);
  }

  public PeerConnectionOptions withMdnsNames(MdnsNames value) {
    return with(next -> next.mdnsNames = value);
  }

  public PeerConnectionOptions withSendLimit(long value) {
    return with(next -> next.sendLimit = value);
  }

  public PeerConnectionOptions withMaxReceivedMessageSize(long value) {
    return with(next -> next.maxReceivedMessageSize = value);
  }

  public PeerConnectionOptions withIce(IceOptions value) {
    return with(next -> next.ice = value);
  }

  public PeerConnectionOptions withSctp(SctpOptions value) {
    return with(next -> next.sctp = value);
  }

  public PeerConnectionOptions withSctpInit(ExtensionUse value) {
    return with(next -> next.sctpInit = value);
  }

  public PeerConnectionOptions withDtlsVersions(List<ProtocolVersion> value) {
    return with(next -> next.dtlsVersions = value);
  }

  public PeerConnectionOptions withDtlsInStun(ExtensionUse value) {
    return with(next -> next.dtlsInStun = value);
  }

  public PeerConnectionOptions withKeyLog(@Nullable Consumer<String> value) {
    return with(next -> next.keyLog = value);
  }

  public PeerConnectionOptions withTap(@Nullable PlaintextTap value) {
    return with(next -> next.tap = value);
  }

  public PeerConnectionOptions withCodecs(Codecs value) {
    return with(next -> next.codecs = value);
  }

  public PeerConnectionOptions withMedia(MediaCapabilities value) {
    return with(next -> next.media = value);
  }

  public PeerConnectionOptions withJitter(AudioJitterOptions value) {
    return with(next -> next.jitter = value);
  }

  public PeerConnectionOptions withStreams(StreamConnector value) {
    return with(next -> next.streams = value);
  }

  public PeerConnectionOptions withTcpCandidates(TcpCandidates value) {
    return with(next -> next.tcpCandidates = value);
  }

  /// Whether 127.0.0.1 and ::1 are told to peers: for peers on this machine.
  public PeerConnectionOptions withLoopbackCandidates(boolean value) {
    return withInterfaces(interfaces.withLoopback(value));
  }

  /// A copy in which one component may be set.
  private final class Next {
    @Nullable Executor executor = PeerConnectionOptions.this.executor;
    @Nullable SharedPort sharedPort = PeerConnectionOptions.this.sharedPort;
    PortRange portRange = PeerConnectionOptions.this.portRange;
    InterfaceFilter interfaces = PeerConnectionOptions.this.interfaces;
    IpHandling ipHandling = PeerConnectionOptions.this.ipHandling;
    MdnsNames mdnsNames = PeerConnectionOptions.this.mdnsNames;
    long sendLimit = PeerConnectionOptions.this.sendLimit;
    long maxReceivedMessageSize = PeerConnectionOptions.this.maxReceivedMessageSize;
    IceOptions ice = PeerConnectionOptions.this.ice;
    SctpOptions sctp = PeerConnectionOptions.this.sctp;
    ExtensionUse sctpInit = PeerConnectionOptions.this.sctpInit;
    List<ProtocolVersion> dtlsVersions = PeerConnectionOptions.this.dtlsVersions;
    ExtensionUse dtlsInStun = PeerConnectionOptions.this.dtlsInStun;
    @Nullable Consumer<String> keyLog = PeerConnectionOptions.this.keyLog;
    @Nullable PlaintextTap tap = PeerConnectionOptions.this.tap;
    Codecs codecs = PeerConnectionOptions.this.codecs;
    MediaCapabilities media = PeerConnectionOptions.this.media;
    AudioJitterOptions jitter = PeerConnectionOptions.this.jitter;
    StreamConnector streams = PeerConnectionOptions.this.streams;
    TcpCandidates tcpCandidates = PeerConnectionOptions.this.tcpCandidates;
  }

  private PeerConnectionOptions with(Consumer<Next> change) {
    Next next = new Next();
    change.accept(next);
    return new PeerConnectionOptions(
        next.executor,
        next.sharedPort,
        next.portRange,
        next.interfaces,
        next.ipHandling,
        next.mdnsNames,
        next.sendLimit,
        next.maxReceivedMessageSize,
        next.ice,
        next.sctp,
        next.sctpInit,
        next.dtlsVersions,
        next.dtlsInStun,
        next.keyLog,
        next.tap,
        next.codecs,
        next.media,
        next.jitter,
        next.streams,
        next.tcpCandidates);
  }
}
