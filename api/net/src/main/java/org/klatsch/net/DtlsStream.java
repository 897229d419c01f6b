package org.klatsch.net;

import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.dtls.DtlsEvent;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.DtlsRole;
import org.klatsch.dtls.NamedGroup;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.Work;

/// An association of DTLS with a server, over a UDP port of its own: every packet of the core is a
/// record. Confined to the loop.
final class DtlsStream implements PacketStream {
  /// As STUN over UDP begins, RFC 8489 §6.2.1: nobody knows the path yet.
  private static final Duration RETRANSMISSION = Duration.ofMillis(500);

  private static final int PACKETS = 16;
  private static final int PACKET_ROOM = 2_048;

  /// Without those that are safe against quantum computers: their ClientHello takes two packets,
  /// which a server that asks for a cookie need not keep, RFC 9147 §5.1.
  private static final NamedGroup[] GROUPS = {NamedGroup.X25519, NamedGroup.SECP256R1};

  private final CoreDriver<?> driver;
  private final EventLoop loop;
  private final TransportAddress remote;
  private final String name;
  private final StreamConnector connector;
  private final UdpPort port;
  private final DtlsConnection dtls;
  private final LoopTimer timer;
  private final TransmitBuffer out = new TransmitBuffer(PACKETS, PACKET_ROOM);

  /// Null once it was told.
  private StreamConnector.@Nullable Outcome outcome;

  /// Whether the server is who it should be.
  private boolean trusted;

  private boolean closed;

  private DtlsStream(
      CoreDriver<?> driver,
      TransportAddress from,
      TransportAddress to,
      StreamConnector connector,
      StreamConnector.Tls protection,
      StreamConnector.Outcome outcome)
      throws IOException {
    this.driver = driver;
    this.loop = driver.loop();
    this.remote = to;
    this.name = protection.name();
    this.connector = connector;
    this.outcome = outcome;
    this.timer = loop.timer(this::pump);
    this.dtls =
        new DtlsConnection(
            DtlsOptions.builder(DtlsRole.CLIENT)
                // Judged when the handshake is complete, before anything is sent or believed.
                .peerAuthentication(DtlsOptions.PeerAuthentication.NONE)
                .groups(GROUPS)
                .srtpProfiles(List.of())
                .applicationProtocols(protection.protocol())
                .initialRetransmission(RETRANSMISSION)
                .handshakeTimeout(connector.patience())
                .build(),
            new SecureRandom());
    this.port = new UdpPort(loop, from.withPort(0), loop.options().socket(false), this::received);
  }

  /// Begins the handshake.
  ///
  /// @param stayOnInterface whether packets may leave by the interface of `from` only
  static void open(
      CoreDriver<?> driver,
      TransportAddress from,
      TransportAddress to,
      StreamConnector connector,
      StreamConnector.Tls protection,
      boolean stayOnInterface,
      StreamConnector.Outcome outcome) {
    DtlsStream stream;
    try {
      stream = new DtlsStream(driver, from, to, connector, protection, outcome);
    } catch (IOException e) {
      outcome.failed(e);
      return;
    }
    if (stayOnInterface) {
      stream.port.stayOnInterface();
    }
    stream.dtls.start(stream.loop.now());
    stream.pump();
  }

  @Override
  public TransportAddress local() {
    return port.local();
  }

  @Override
  public TransportAddress remote() {
    return remote;
  }

  private void received(
      UdpPort at, TransportAddress from, int ecn, byte[] buffer, int offset, int length) {
    if (!from.equals(remote) || abandoned()) {
      return;
    }
    dtls.handlePacket(
        loop.now(),
        buffer,
        offset,
        length,
        (now, data, start, count) -> {
          if (trusted && !closed) {
            driver.received(local(), remote, ecn, data, start, count);
          }
        });
    pump();
  }

  /// Whether the core has gone while the handshake went on.
  private boolean abandoned() {
    if (!closed && driver.isDetached()) {
      outcome = null;
      close();
    }
    return closed;
  }

  /// Does all that is due.
  private void pump() {
    if (abandoned()) {
      return;
    }
    long now = loop.now();
    dtls.handleTimeout(now);
    transmit(now);
    for (DtlsEvent event = dtls.pollEvent(); event != null && !closed; event = dtls.pollEvent()) {
      take(event);
    }
    if (!closed) {
      transmit(now);
      timer.set(dtls.nextTimeout());
    }
  }

  private void transmit(long now) {
    boolean more = true;
    while (more) {
      out.route(local(), remote);
      while (!out.isFull() && dtls.pollTransmit(now, out)) {
        // Into the buffer.
      }
      more = out.isFull();
      flush();
    }
  }

  private void flush() {
    if (out.packetCount() > 0) {
      port.send(out, 0, out.packetCount(), driver);
    }
    out.clear();
  }

  private void take(DtlsEvent event) {
    switch (event) {
      case DtlsEvent.WorkRequested requested -> perform(requested.work());
      case DtlsEvent.HandshakeCompleted completed ->
          judge(completed.parameters().peerCertificates());
      case DtlsEvent.Closed ended -> end(ended.cause().message());
      case DtlsEvent.AlertReceived _ -> {
        // One that matters is followed by the end.
      }
    }
  }

  private void perform(Work work) {
    driver.perform(
        work,
        () -> {
          if (!closed) {
            dtls.handleWorkDone(loop.now(), work);
            pump();
          }
        });
  }

  /// Checks the server's certificates elsewhere, which takes a while.
  private void judge(List<X509Certificate> chain) {
    IOException[] failure = new IOException[1];
    driver.perform(
        () -> {
          try {
            ServerIdentity.check(chain, name, connector.trust());
          } catch (CertificateException | RuntimeException e) {
            failure[0] = new IOException(e.getMessage(), e);
          }
        },
        () -> judged(failure[0]));
  }

  private void judged(@Nullable IOException failure) {
    StreamConnector.Outcome waiting = outcome;
    if (closed || waiting == null) {
      return;
    }
    if (failure != null) {
      end(failure.getMessage());
      return;
    }
    outcome = null;
    trusted = true;
    driver.add(this);
    waiting.connected(this);
    driver.requestTurn();
  }

  @Override
  public void send(TransmitBuffer packets, int from, int to) {
    long now = loop.now();
    for (int i = from; i < to && !closed; i++) {
      int length = packets.packetLength(i);
      if (length > dtls.maxApplicationData(TransmitBuffer.MAX_UDP_PAYLOAD)) {
        continue;
      }
      if (out.isFull() || out.remaining() < length + dtls.recordOverhead()) {
        flush();
      }
      out.route(local(), remote);
      out.ecn(packets.packetEcn(i));
      boolean _ = dtls.protect(packets.array(), packets.packetOffset(i), length, out);
    }
    if (!closed) {
      flush();
      // A record may have been the last one of its key.
      transmit(now);
      timer.set(dtls.nextTimeout());
    }
  }

  /// It is over by itself.
  private void end(@Nullable String reason) {
    StreamConnector.Outcome waiting = outcome;
    outcome = null;
    boolean known = trusted;
    close();
    if (waiting != null) {
      waiting.failed(new IOException(reason));
    } else if (known) {
      driver.streamEnded(this);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    timer.cancel();
    long now = loop.now();
    dtls.close(now);
    transmit(now);
    port.close();
  }

  @Override
  public String toString() {
    return "DtlsStream[" + local() + " → " + remote + "]";
  }
}
