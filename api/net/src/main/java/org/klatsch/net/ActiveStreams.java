package org.klatsch.net;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// The connections of ICE-TCP that a core opens from one IP address by sending packets. All have
/// the same local address for the core: the base of an active candidate, whose port is the discard
/// port, RFC 6544 §4.5.
final class ActiveStreams implements StreamSource {
  private static final int DISCARD_PORT = 9;

  /// As long as the system tries for three times; a check list does not wait longer.
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final CoreDriver<?> driver;
  private final TransportAddress local;
  private final StreamDialer dialer;

  ActiveStreams(CoreDriver<?> driver, TransportAddress address, StreamDialer dialer) {
    this.driver = driver;
    this.local = address.withPort(DISCARD_PORT).withProtocol(TransportAddress.Protocol.TCP);
    this.dialer = dialer;
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  @Override
  public void close() {}

  /// Begins to connect; on the loop.
  ///
  /// @return a stream that keeps what is sent meanwhile; null when there are too many
  @Nullable PacketStream open(TransportAddress remote) {
    if (!driver.hasStreamRoom()) {
      return null;
    }
    Opening opening = new Opening(remote);
    driver.add(opening);
    Thread.ofVirtual().name("klatsch-connect " + remote).start(() -> dial(opening));
    return opening;
  }

  private void dial(Opening opening) {
    try {
      Socket socket;
      try {
        TransportAddress to = SocketAddresses.withScope(opening.remote, local.scopeId());
        socket = StreamConnector.dial(dialer, local, to, PATIENCE);
      } catch (IOException | RuntimeException e) {
        driver.loop().execute(() -> driver.streamEnded(opening));
        return;
      }
      StreamConnection stream =
          new StreamConnection(driver, socket, socket, local, opening.remote, new Rfc4571Framing());
      stream.hand(() -> opening.opened(stream));
    } catch (RejectedExecutionException closed) {
      // The loop has ended, and nobody waits any more.
    }
  }

  /// A connection that is not there yet. Confined to the loop.
  private final class Opening implements PacketStream {
    /// The first check, and the repetitions of a core that does not know of streams.
    private static final int MAX_KEPT = 16;

    private final TransportAddress remote;
    private final ArrayDeque<byte[]> kept = new ArrayDeque<>();
    private boolean closed;

    Opening(TransportAddress remote) {
      this.remote = remote;
    }

    @Override
    public TransportAddress local() {
      return local;
    }

    @Override
    public TransportAddress remote() {
      return remote;
    }

    @Override
    public void send(TransmitBuffer out, int from, int to) {
      for (int i = from; i < to && kept.size() < MAX_KEPT; i++) {
        int offset = out.packetOffset(i);
        kept.add(Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i)));
      }
    }

    @Override
    public void close() {
      closed = true;
      kept.clear();
    }

    void opened(StreamConnection stream) {
      if (closed || driver.isDetached()) {
        stream.close();
        return;
      }
      driver.replace(this, stream);
      stream.start();
      TransmitBuffer buffer = driver.loop().transmit();
      buffer.clear();
      for (byte[] packet : kept) {
        buffer.route(local, remote);
        System.arraycopy(packet, 0, buffer.array(), buffer.position(), packet.length);
        buffer.commit(packet.length);
        stream.send(buffer, 0, 1);
        buffer.clear();
      }
      driver.requestTurn();
    }
  }
}
