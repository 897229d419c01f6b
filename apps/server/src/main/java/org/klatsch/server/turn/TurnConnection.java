package org.klatsch.server.turn;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// TURN on a connection that Jetty has accepted, with TLS or without.
final class TurnConnection extends AbstractConnection implements Connection.UpgradeTo, StreamWire {
  /// A TLS record.
  private static final int READ_BYTES = 16 * 1024;

  private final RelayStream stream;
  private final byte[] bytes = new byte[READ_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
  private @Nullable ByteBuffer first;

  TurnConnection(Relay relay, EndPoint endPoint, Executor executor) {
    super(endPoint, executor);
    this.stream =
        relay.accept(
            this,
            address(endPoint.getLocalSocketAddress()),
            address(endPoint.getRemoteSocketAddress()));
  }

  private static TransportAddress address(SocketAddress address) {
    InetSocketAddress inet = (InetSocketAddress) address;
    return TransportAddress.of(inet.getAddress().getAddress(), inet.getPort());
  }

  /// What was read to find out that this is TURN.
  @Override
  public void onUpgradeTo(ByteBuffer prefilled) {
    first = prefilled;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    // Allocations live by their own time; without one the relay closes the connection.
    getEndPoint().setIdleTimeout(-1);
    ByteBuffer prefilled = first;
    first = null;
    if (prefilled != null && prefilled.hasRemaining()) {
      byte[] copy = new byte[prefilled.remaining()];
      prefilled.get(copy);
      stream.received(copy, copy.length);
    } else {
      fillInterested();
    }
  }

  @Override
  public void onFillable() {
    // Jetty's buffers are in flush mode: position 0, limit the bytes that there are.
    buffer.clear().limit(0);
    try {
      int length = getEndPoint().fill(buffer);
      if (length > 0) {
        stream.received(bytes, length);
      } else if (length == 0) {
        fillInterested();
      } else {
        close();
      }
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void resume() {
    if (getEndPoint().isOpen()) {
      try {
        fillInterested();
      } catch (RuntimeException e) {
        close();
      }
    }
  }

  @Override
  public void write(byte[] data, int length, Runnable done) {
    getEndPoint()
        .write(
            Callback.from(
                done,
                failure -> {
                  done.run();
                  close();
                }),
            ByteBuffer.wrap(data, 0, length));
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    stream.ended();
    super.onClose(cause);
  }
}
