package org.klatsch.server.media;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.SharedPort;
import org.klatsch.net.StreamStart;

/// Finds ICE over TCP among the connections of a port that HTTP, TLS and TURN share.
public final class IceConnectionFactory extends AbstractConnectionFactory
    implements ConnectionFactory.Detecting {
  private volatile @Nullable SharedPort port;

  public IceConnectionFactory() {
    super("ICE");
  }

  /// Sets whose legs the connections are for; before the first of them.
  public void port(SharedPort shared) {
    port = shared;
  }

  @Override
  public Detection detect(ByteBuffer buffer) {
    byte[] start = new byte[Math.min(buffer.remaining(), StreamStart.LENGTH)];
    buffer.get(buffer.position(), start);
    return switch (StreamStart.of(start, 0, start.length)) {
      case UNDECIDED -> Detection.NEED_MORE_BYTES;
      case ICE -> Detection.RECOGNIZED;
      case TURN, TLS, OTHER -> Detection.NOT_RECOGNIZED;
    };
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    SharedPort shared = port;
    if (shared == null) {
      throw new IllegalStateException("there is no port yet");
    }
    return configure(
        new IceConnection(shared, endPoint, connector.getExecutor()), connector, endPoint);
  }
}
