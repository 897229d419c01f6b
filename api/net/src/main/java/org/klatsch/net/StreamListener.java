package org.klatsch.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// A TCP port that takes connections of ICE-TCP: those whose first frame is a whole connectivity
/// check. Others are closed without an answer. Blocks in virtual threads of its own.
final class StreamListener implements StreamSource {
  /// A connection that begins with a check.
  ///
  /// @param start its first bytes: at least the first frame
  record Connection(Socket socket, byte[] start) {}

  /// Takes connections; on a virtual thread.
  interface Acceptor {
    void accept(TransportAddress local, Connection connection);
  }

  /// How long a stranger may take to begin, and how long a peer may be silent: several times the
  /// interval of consent checks, RFC 7675 §5.1.
  private static final int FIRST_FRAME_MILLIS = 10_000;

  private static final int IDLE_MILLIS = 60_000;

  /// Connections that have not shown a check yet; more wait in the system's queue.
  private static final int MAX_STRANGERS = 32;

  private static final int MAX_FIRST_FRAME = 1500;

  private final ServerSocket socket = new ServerSocket();
  private final TransportAddress local;
  private final Acceptor acceptor;
  private final Semaphore strangers = new Semaphore(MAX_STRANGERS);

  /// Binds and listens.
  ///
  /// @param address with the port, 0 for a free one
  StreamListener(TransportAddress address, Acceptor acceptor) throws IOException {
    this.acceptor = acceptor;
    try {
      socket.bind(new InetSocketAddress(SocketAddresses.toInetAddress(address), address.port()));
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    this.local =
        address.withPort(socket.getLocalPort()).withProtocol(TransportAddress.Protocol.TCP);
    Thread.ofVirtual().name("klatsch-accept " + local).start(this::listen);
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  private void listen() {
    try {
      while (!socket.isClosed()) {
        strangers.acquireUninterruptibly();
        Socket accepted = socket.accept();
        Thread.ofVirtual()
            .name("klatsch-accepted")
            .start(() -> {
              try {
                admit(accepted);
              } finally {
                strangers.release();
              }
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void admit(Socket accepted) {
    boolean admitted = false;
    try {
      accepted.setTcpNoDelay(true);
      accepted.setSendBufferSize(StreamConnector.SEND_BUFFER);
      accepted.setSoTimeout(FIRST_FRAME_MILLIS);
      byte[] start = firstFrame(accepted.getInputStream());
      if (start.length > 0) {
        accepted.setSoTimeout(IDLE_MILLIS);
        acceptor.accept(local, new Connection(accepted, start));
        admitted = true;
      }
    } catch (IOException | RejectedExecutionException e) {
      // A stranger that went away or said nothing, or the end of the loop.
    } finally {
      if (!admitted) {
        closeQuietly(accepted);
      }
    }
  }

  /// Reads the first frame, and what has come with it.
  ///
  /// @return nothing when it is no check
  private static byte[] firstFrame(InputStream in) throws IOException {
    byte[] bytes = new byte[2 + MAX_FIRST_FRAME];
    int length = 0;
    while (true) {
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        return new byte[0];
      }
      length += read;
      StreamStart start = StreamStart.of(bytes, 0, length);
      if (start == StreamStart.ICE) {
        int frame = 2 + ((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
        if (frame > bytes.length || !StunRouting.isBindingRequestStart(bytes, 2)) {
          return new byte[0];
        }
        if (length >= frame) {
          return Arrays.copyOf(bytes, length);
        }
      } else if (start != StreamStart.UNDECIDED) {
        return new byte[0];
      }
    }
  }

  static void closeQuietly(Socket open) {
    try {
      open.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
