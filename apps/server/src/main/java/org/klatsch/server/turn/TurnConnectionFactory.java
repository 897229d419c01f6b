package org.klatsch.server.turn;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.StreamStart;

/// Finds TURN among the connections of a port that HTTP and TLS share.
public final class TurnConnectionFactory extends AbstractConnectionFactory
    implements ConnectionFactory.Detecting {
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
    byte[] start = new byte[Math.min(buffer.remaining(), StreamStart.LENGTH)];
    buffer.get(buffer.position(), start);
    return switch (StreamStart.of(start, 0, start.length)) {
      case UNDECIDED -> Detection.NEED_MORE_BYTES;
      case TURN -> Detection.RECOGNIZED;
      case ICE, TLS, OTHER -> Detection.NOT_RECOGNIZED;
    };
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
