package org.klatsch.server.webhooks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.server.PeerPolicy;

/// One POST request over HTTP/1.1, RFC 9112. Its own client, because the address that was checked
/// must be the one that is connected to: a name may lead elsewhere the next time it is looked up.
/// Follows no redirections and reads no more of the answer than the status line.
final class WebhookCall {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
  private static final int MAX_STATUS_LINE = 1024;

  private final URI url;
  private final PeerPolicy policy;
  private final long deadline;

  private WebhookCall(URI url, PeerPolicy policy, Duration timeout) {
    this.url = url;
    this.policy = policy;
    deadline = System.nanoTime() + timeout.toNanos();
  }

  /// Makes the call; blocks.
  ///
  /// @param policy which addresses may be called
  /// @return the status
  /// @throws IOException if there is none; its message is for the tenant's eyes
  static int post(
      URI url, Map<String, String> headers, byte[] body, PeerPolicy policy, Duration timeout)
      throws IOException {
    return new WebhookCall(url, policy, timeout).post(headers, body);
  }

  private int post(Map<String, String> headers, byte[] body) throws IOException {
    boolean tls = "https".equals(url.getScheme().toLowerCase(Locale.ROOT));
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    try (Socket plain = connect(port)) {
      if (!tls) {
        return exchange(plain, headers, body);
      }
      SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      try (SSLSocket secure =
          (SSLSocket) factory.createSocket(plain, unbracketed(url.getHost()), port, true)) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return exchange(secure, headers, body);
      }
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private Socket connect(int port) throws IOException {
    boolean refused = false;
    IOException last = new IOException("the name leads nowhere");
    for (InetAddress address : InetAddress.getAllByName(unbracketed(url.getHost()))) {
      if (!policy.allowsHost(TransportAddress.of(address.getAddress(), 0))) {
        refused = true;
        continue;
      }
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), remaining());
        socket.setSoTimeout(remaining());
        return socket;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw refused ? new IOException("the name leads to an address that is not allowed") : last;
  }

  /// Milliseconds left.
  private int remaining() throws SocketTimeoutException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  private int exchange(Socket socket, Map<String, String> headers, byte[] body) throws IOException {
    var head = new StringBuilder("POST ");
    String path = url.getRawPath();
    head.append(path == null || path.isEmpty() ? "/" : path);
    if (url.getRawQuery() != null) {
      head.append('?').append(url.getRawQuery());
    }
    head.append(" HTTP/1.1\r\nHost: ").append(url.getRawAuthority()).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Type: application/json\r\nContent-Length: ")
        .append(body.length)
        .append("\r\nConnection: close\r\n\r\n");
    OutputStream out = socket.getOutputStream();
    out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
    Matcher status = STATUS.matcher(firstLine(socket));
    if (!status.matches()) {
      throw new IOException("the answer is not HTTP");
    }
    return Integer.parseInt(status.group(1));
  }

  /// Byte by byte, as each may be late; the time is that of the whole call.
  private String firstLine(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    var line = new StringBuilder();
    while (line.length() < MAX_STATUS_LINE) {
      socket.setSoTimeout(remaining());
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection was closed without an answer");
      }
      if (next == '\n') {
        break;
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
