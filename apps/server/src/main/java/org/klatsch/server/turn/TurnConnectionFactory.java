package org.klatsch.server.turn;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;

/// Finds TURN among the connections of a port that HTTP and TLS share: a STUN message has the magic
/// cookie at byte 4, RFC 8489 §5.
public final class TurnConnectionFactory extends AbstractConnectionFactory
    implements ConnectionFactory.Detecting {
  private static final int COOKIE = 0x2112a442;
  private static final int ENOUGH = 8;

  private volatile @Nullable Relay relay;

  public TurnConnectionFactory() {
    super("TURN");
  }

  /// Sets who serves the connections; before the first of them.
  public void relay(Relay server) {
    relay = server;
  }

  @Override
  public Detection detect(ByteBuffer buffer) {
    // Methods of TURN fit in the byte behind: the first is 0, or 1 in responses.
    if (buffer.hasRemaining() && (buffer.get(buffer.position()) & 0xfe) != 0) {
      return Detection.NOT_RECOGNIZED;
    }
    if (buffer.remaining() < ENOUGH) {
      return Detection.NEED_MORE_BYTES;
    }
    return buffer.getInt(buffer.position() + 4) == COOKIE
        ? Detection.RECOGNIZED
        : Detection.NOT_RECOGNIZED;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    Relay server = relay;
    if (server == null) {
      throw new IllegalStateException("there is no relay yet");
    }
    return configure(
        new TurnConnection(server, endPoint, connector.getExecutor()), connector, endPoint);
  }
}
