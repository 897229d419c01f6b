package org.klatsch.net;

import java.io.IOException;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.StreamFraming;
import org.klatsch.sansio.TransportAddress;

/// Opens streams for cores, with TLS where wanted, and associations of DTLS.
///
/// @param dialer makes the TCP connections
/// @param tls whom TLS trusts; null for [SSLContext#getDefault]
/// @param trust whom DTLS trusts; null for what [#trustByDefault] was given
/// @param patience for the connection and again for the handshake
public record StreamConnector(
    StreamDialer dialer,
    @Nullable SSLContext tls,
    @Nullable X509TrustManager trust,
    Duration patience) {
  /// Directly, and 10 s: gathering waits no longer.
  public static final StreamConnector DEFAULT =
      new StreamConnector(StreamDialer.DIRECT, null, null, Duration.ofSeconds(10));

  private static final AtomicReference<@Nullable X509TrustManager> DEFAULT_TRUST =
      new AtomicReference<>();

  /// Sent data waits in the kernel at most for so long as this takes; a deeper buffer would delay
  /// audio behind it.
  static final int SEND_BUFFER = 128 * 1024;

  /// The same with other trust anchors.
  public StreamConnector withTls(@Nullable SSLContext context) {
    return new StreamConnector(dialer, context, trust, patience);
  }

  /// The same with other trust anchors of DTLS.
  public StreamConnector withTrust(@Nullable X509TrustManager manager) {
    return new StreamConnector(dialer, tls, manager, patience);
  }

  /// The same with another way to connect.
  public StreamConnector withDialer(StreamDialer other) {
    return new StreamConnector(other, tls, trust, patience);
  }

  /// Sets whom DTLS trusts in this process where nothing else is said, as [SSLContext#setDefault]
  /// does for TLS. Null: the certificates of Java, as in the beginning.
  public static void trustByDefault(@Nullable X509TrustManager manager) {
    DEFAULT_TRUST.set(manager);
  }

  /// Whom DTLS trusts; null: the certificates of Java.
  @Override
  public @Nullable X509TrustManager trust() {
    return trust != null ? trust : DEFAULT_TRUST.get();
  }

  /// What becomes of an attempt; called on the core's loop.
  public interface Outcome {
    /// The stream is the core's from now on.
    void connected(PacketStream stream);

    void failed(IOException reason);
  }

  /// The protection of a stream.
  ///
  /// @param name what the server's certificate must be for
  /// @param protocol the name for ALPN, RFC 7301
  public record Tls(String name, String protocol) {}

  /// Connects on a virtual thread and adds the stream to the core.
  ///
  /// @param protection null for plain TCP
  public void connect(
      CoreDriver<?> driver,
      TransportAddress from,
      TransportAddress to,
      @Nullable Tls protection,
      Supplier<? extends StreamFraming> framing,
      Outcome outcome) {
    Thread.ofVirtual()
        .name("klatsch-connect " + to)
        .start(() -> attempt(driver, from, to, protection, framing, outcome));
  }

  /// Makes an association of DTLS, RFC 7350, and adds it to the core as a stream that keeps packets
  /// apart; on the loop. It goes no way but directly.
  ///
  /// @param stayOnInterface whether packets may leave by the interface of `from` only
  public void connectDatagrams(
      CoreDriver<?> driver,
      TransportAddress from,
      TransportAddress to,
      Tls protection,
      boolean stayOnInterface,
      Outcome outcome) {
    DtlsStream.open(driver, from, to, this, protection, stayOnInterface, outcome);
  }

  private void attempt(
      CoreDriver<?> driver,
      TransportAddress from,
      TransportAddress to,
      @Nullable Tls protection,
      Supplier<? extends StreamFraming> framing,
      Outcome outcome) {
    try {
      Opened opened;
      try {
        opened = open(from, to, protection);
      } catch (IOException e) {
        driver.execute(() -> outcome.failed(e));
        return;
      } catch (RuntimeException e) {
        driver.execute(() -> outcome.failed(new IOException(e)));
        return;
      }
      Socket socket = opened.transport();
      TransportAddress local =
          SocketAddresses.of(socket.getLocalAddress(), socket.getLocalPort())
              .withProtocol(TransportAddress.Protocol.TCP);
      StreamConnection stream =
          new StreamConnection(
              driver,
              opened.socket(),
              socket,
              local,
              to.withProtocol(TransportAddress.Protocol.TCP),
              framing.get());
      stream.hand(() -> add(driver, stream, outcome));
    } catch (RejectedExecutionException closed) {
      // The loop has ended, and nobody waits any more.
    }
  }

  private static void add(CoreDriver<?> driver, StreamConnection stream, Outcome outcome) {
    if (driver.isDetached()) {
      stream.close();
      return;
    }
    driver.add(stream);
    stream.start();
    outcome.connected(stream);
    driver.requestTurn();
  }

  private record Opened(Socket socket, Socket transport) {}

  private Opened open(TransportAddress from, TransportAddress to, @Nullable Tls protection)
      throws IOException {
    Socket socket = dial(dialer, from, to, patience);
    try {
      return new Opened(protection == null ? socket : secure(socket, to, protection), socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /// A TCP connection with the options that all streams have.
  static Socket dial(
      StreamDialer dialer, TransportAddress from, TransportAddress to, Duration patience)
      throws IOException {
    Socket socket = dialer.dial(from, to, patience);
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.setSendBufferSize(SEND_BUFFER);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secure(Socket plain, TransportAddress to, Tls protection) throws IOException {
    SSLContext context = tls;
    if (context == null) {
      try {
        context = SSLContext.getDefault();
      } catch (NoSuchAlgorithmException e) {
        throw new IOException("this Java runtime has no TLS", e);
      }
    }
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(plain, protection.name(), to.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    // RFC 8489 §6.2.3: as for HTTPS, the name or address of the URL must be in the certificate.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {protection.protocol()});
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }
}
