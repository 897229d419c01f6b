package org.klatsch.net.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.klatsch.net.StreamDialer;
import org.klatsch.sansio.TransportAddress;

/// Connects through a proxy. The proxy chooses the address that the peer sees.
public final class ProxyDialer implements StreamDialer {
  /// Names the proxy of this process, as [ProxySettings#parse] reads it.
  public static final String VARIABLE = "KLATSCH_PROXY";

  private final ProxySettings settings;

  public ProxyDialer(ProxySettings settings) {
    this.settings = settings;
  }

  /// What an environment asks for: connections through the proxy that [#VARIABLE] names, or direct
  /// ones. A value that cannot be read lets no connection be made, since one past the proxy could
  /// show what is to be hidden.
  public static StreamDialer ofEnvironment(Map<String, String> environment) {
    String url = environment.getOrDefault(VARIABLE, "");
    if (url.isEmpty()) {
      return StreamDialer.DIRECT;
    }
    try {
      return new ProxyDialer(ProxySettings.parse(url));
    } catch (IllegalArgumentException e) {
      return (_, _, _) -> {
        throw new IOException(VARIABLE + ": " + e.getMessage(), e);
      };
    }
  }

  /// @param from unused: the system knows best which of its addresses leads to the proxy
  @Override
  public Socket dial(TransportAddress from, TransportAddress to, Duration patience)
      throws IOException {
    int millis = Math.toIntExact(patience.toMillis());
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(settings.host(), settings.port()), millis);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(millis);
      converse(socket, new ProxyHandshake(settings, to.withScopeId(0).host(), to.port()));
      socket.setSoTimeout(0);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static void converse(Socket socket, ProxyHandshake handshake) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    while (true) {
      byte[] say = handshake.poll();
      if (say != null) {
        out.write(say);
      }
      if (handshake.isDone()) {
        return;
      }
      int next = in.read();
      if (next < 0) {
        throw new IOException("the proxy hung up");
      }
      handshake.handleByte((byte) next);
    }
  }
}
