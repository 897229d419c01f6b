package org.klatsch.gateway.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessageReader;
import org.klatsch.sip.SipStreamReader;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.transaction.StatelessResponses;

/// One connection of TCP or TLS: a virtual thread that reads and one that writes. Keeps those that
/// were dialled alive, RFC 5626 §4.4.1 and §5.4.
final class StreamConnection {
  private static final System.Logger LOGGER = System.getLogger(StreamConnection.class.getName());
  private static final byte[] PING = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PONG = "\r\n".getBytes(StandardCharsets.US_ASCII);

  /// Messages that wait for a slow peer; one that falls further behind is cut off.
  private static final int MAX_QUEUE = 1_000;

  private static final Duration DIAL = Duration.ofSeconds(5);
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /// How long the rest of a message may take.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Longer than the longest registration, whose refresh shows that the peer lives.
  private static final Duration IDLE = Duration.ofMinutes(65);

  /// RFC 5626 §4.4.1: 95 to 120 s for streams; below what NATs forget after.
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(100);

  /// RFC 5626 §4.4.1: without answer within 10 s the flow has failed.
  private static final Duration PONG_LIMIT = Duration.ofSeconds(10);

  private final StreamTransport owner;
  private final Flow flow;
  private final @Nullable SSLContext server;
  private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>(MAX_QUEUE);
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable Socket socket;
  private volatile @Nullable Thread writer;
  private @Nullable InetAddress source;

  /// Set by the reader when a ping is answered, read by the writer: nanoseconds of the clock.
  private volatile long lastPong;

  private volatile boolean pongsSeen;

  /// @param server the key of this side for accepted connections of TLS
  StreamConnection(StreamTransport owner, Flow flow, @Nullable SSLContext server) {
    this.owner = owner;
    this.flow = flow;
    this.server = server;
  }

  Flow flow() {
    return flow;
  }

  boolean isOpen() {
    return !over.get();
  }

  /// Takes over an accepted socket.
  void serve(Socket accepted) {
    source = accepted.getInetAddress();
    socket = accepted;
    Thread.ofVirtual()
        .name("klatsch-sip-" + flow.remote())
        .start(() -> {
          try {
            run(secured(accepted), false);
          } catch (IOException e) {
            LOGGER.log(Level.DEBUG, () -> flow.remote() + ": " + e.getMessage());
          } finally {
            close();
          }
        });
  }

  /// Connects, then sends what waits.
  void dial() {
    Thread.ofVirtual()
        .name("klatsch-sip-" + flow.remote())
        .start(() -> {
          Socket plain = new Socket();
          socket = plain;
          try {
            plain.connect(StreamTransport.socketAddress(flow.remote()), (int) DIAL.toMillis());
            run(secured(plain), true);
          } catch (IOException e) {
            LOGGER.log(Level.INFO, "no connection to {0}: {1}", flow.remote(), e.getMessage());
          } finally {
            close();
          }
        });
  }

  private Socket secured(Socket plain) throws IOException {
    plain.setTcpNoDelay(true);
    plain.setSoTimeout((int) HANDSHAKE.toMillis());
    if (flow.transport() != SipTransport.TLS) {
      return plain;
    }
    SSLSocket secure;
    if (server != null) {
      secure = (SSLSocket) server.getSocketFactory().createSocket(plain, null, true);
      secure.setUseClientMode(false);
    } else {
      String name = flow.serverName();
      SSLContext context = clientContext();
      secure =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(
                      plain,
                      name == null ? flow.remote().withScopeId(0).host() : name,
                      flow.remote().port(),
                      true);
      SSLParameters parameters = secure.getSSLParameters();
      // The certificate must carry the name that was looked up, RFC 5922 §4 and RFC 3263 §4.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
    }
    socket = secure;
    secure.startHandshake();
    return secure;
  }

  /// With the trust anchors that the process was started with.
  private static SSLContext clientContext() throws IOException {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("no TLS: " + e.getMessage(), e);
    }
  }

  private void run(Socket open, boolean keepAlive) throws IOException {
    OutputStream out = open.getOutputStream();
    lastPong = System.nanoTime();
    writer = Thread.ofVirtual().name("klatsch-sip-out").start(() -> write(out, keepAlive));
    if (over.get()) {
      return;
    }
    read(open);
  }

  private void read(Socket open) throws IOException {
    InputStream in = open.getInputStream();
    SipStreamReader reader = new SipStreamReader();
    byte[] bytes = new byte[8192];
    long lastByte = System.nanoTime();
    open.setSoTimeout((int) PATIENCE.toMillis());
    while (!over.get()) {
      int length;
      try {
        length = in.read(bytes);
      } catch (SocketTimeoutException e) {
        if (reader.isInsideMessage() || System.nanoTime() - lastByte > IDLE.toNanos()) {
          return;
        }
        continue;
      }
      if (length < 0) {
        return;
      }
      lastByte = System.nanoTime();
      reader.handleBytes(bytes, 0, length);
      try {
        while (reader.next()) {
          message(reader);
        }
      } catch (MalformedSipException e) {
        LOGGER.log(Level.DEBUG, () -> flow.remote() + " cannot be followed: " + e.getMessage());
        return;
      }
      for (int i = reader.takePings(); i > 0; i--) {
        enqueue(PONG);
      }
      if (reader.takePongs() > 0) {
        lastPong = lastByte;
        pongsSeen = true;
      }
    }
  }

  private void message(SipStreamReader reader) {
    try {
      owner.receiver.message(
          flow,
          SipMessageReader.parse(reader.buffer(), reader.packetOffset(), reader.packetLength()));
    } catch (MalformedSipException e) {
      Outgoing refusal = StatelessResponses.refusal(flow, e, owner.tokens.tag());
      if (refusal != null) {
        offer(refusal);
      }
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "a message was dropped", e);
    }
  }

  /// @return false when the connection is over, or its peer too slow
  boolean offer(Outgoing message) {
    return enqueue(message);
  }

  private boolean enqueue(Object item) {
    if (over.get()) {
      return false;
    }
    if (!queue.offer(item)) {
      LOGGER.log(Level.INFO, "{0} does not read, its connection is cut", flow.remote());
      close();
      return false;
    }
    return true;
  }

  private void write(OutputStream out, boolean keepAlive) {
    Object item = null;
    try {
      while (!over.get()) {
        item = queue.poll(keepAlive ? KEEP_ALIVE.toSeconds() : IDLE.toSeconds(), TimeUnit.SECONDS);
        if (item instanceof Outgoing message) {
          out.write(message.message().toBytes());
        } else if (item instanceof byte[] bytes) {
          out.write(bytes);
        } else if (keepAlive) {
          ping(out);
        }
        out.flush();
      }
    } catch (IOException e) {
      if (item instanceof Outgoing message) {
        owner.receiver.sendFailed(message);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  private void ping(OutputStream out) throws IOException {
    long sent = System.nanoTime();
    if (pongsSeen && sent - lastPong > KEEP_ALIVE.plus(PONG_LIMIT).toNanos() * 2) {
      throw new IOException("pings are not answered any more");
    }
    out.write(PING);
  }

  /// Ends the connection; what waits is told as not sent.
  void close() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, "a connection did not close", e);
      }
    }
    Thread writing = writer;
    if (writing != null) {
      writing.interrupt();
    }
    for (Object item = queue.poll(); item != null; item = queue.poll()) {
      if (item instanceof Outgoing message) {
        owner.receiver.sendFailed(message);
      }
    }
    owner.ended(this, source);
  }
}
