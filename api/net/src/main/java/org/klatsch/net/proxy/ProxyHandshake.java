package org.klatsch.net.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// What a client says to a proxy to be connected to somebody, and what it makes of the answers. It
/// takes the answers byte by byte, so that none of what the peer sends behind them is swallowed.
/// Not thread-safe.
///
/// ```java
/// send(handshake.poll());
/// while (!handshake.isDone()) {
///   handshake.handleByte(read());
///   send(handshake.poll());
/// }
/// ```
public final class ProxyHandshake {
  /// An answer's head longer than this is no answer of a proxy.
  private static final int MAX_HEAD = 16 * 1024;

  private static final int SOCKS_VERSION = 5;
  private static final int NO_AUTHENTICATION = 0;
  private static final int USERNAME_PASSWORD = 2;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int DOMAIN_NAME = 3;
  private static final int IPV6 = 4;

  private enum State {
    HTTP_HEAD,
    SOCKS_METHOD,
    SOCKS_PASSWORD,
    SOCKS_REPLY,
    DONE
  }

  private final ProxySettings settings;
  private final String host;
  private final int port;
  private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
  private byte @Nullable [] output;
  private State state;

  /// @param host whom to be connected to: a name, which the proxy looks up, or an IP address
  public ProxyHandshake(ProxySettings settings, String host, int port) {
    this.settings = settings;
    this.host = host;
    this.port = port;
    if (settings.kind() == ProxySettings.Kind.HTTP) {
      state = State.HTTP_HEAD;
      output = httpRequest();
    } else {
      state = State.SOCKS_METHOD;
      output = methods();
    }
  }

  /// What to send now, once; null for nothing.
  public byte @Nullable [] poll() {
    byte[] next = output;
    output = null;
    return next;
  }

  /// Whether the next byte from the proxy is the peer's.
  public boolean isDone() {
    return state == State.DONE;
  }

  /// Takes a byte of the proxy's answer.
  ///
  /// @throws ProxyException when the proxy refuses; close the connection
  public void handleByte(byte next) throws ProxyException {
    if (state == State.DONE) {
      throw new IllegalStateException("the proxy has connected; this byte is the peer's");
    }
    answer.write(next);
    if (answer.size() > MAX_HEAD) {
      throw new ProxyException("the proxy's answer does not end");
    }
    switch (state) {
      case HTTP_HEAD -> {
        if (next == '\n') {
          handleHttp();
        }
      }
      case SOCKS_METHOD -> handleMethod();
      case SOCKS_PASSWORD -> handlePassword();
      case SOCKS_REPLY -> handleReply();
      case DONE -> {}
    }
  }

  // HTTP, RFC 9110 §9.3.6.

  private byte[] httpRequest() {
    String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    StringBuilder request = new StringBuilder(256);
    request.append("CONNECT ").append(authority).append(" HTTP/1.1\r\n");
    request.append("Host: ").append(authority).append("\r\n");
    String user = settings.user();
    if (user != null) {
      byte[] pair = (user + ":" + settings.password()).getBytes(StandardCharsets.UTF_8);
      request.append("Proxy-Authorization: Basic ");
      request.append(Base64.getEncoder().encodeToString(pair)).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void handleHttp() throws ProxyException {
    byte[] head = answer.toByteArray();
    int length = head.length;
    boolean ends =
        length >= 4
            && head[length - 1] == '\n'
            && (head[length - 2] == '\n' || head[length - 2] == '\r' && head[length - 3] == '\n');
    if (!ends) {
      return;
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String status = text.substring(0, text.indexOf('\n')).strip();
    String[] words = status.split(" ", 3);
    if (!words[0].startsWith("HTTP/1.") || words.length < 2) {
      throw new ProxyException("this is no HTTP proxy, it says \"" + excerpt(status) + "\"");
    }
    if (words[1].startsWith("1") && words[1].length() == 3) {
      answer.reset(); // An interim response, RFC 9110 §15.2.
      return;
    }
    if (!words[1].startsWith("2") || words[1].length() != 3) {
      throw new ProxyException("the proxy refuses: \"" + excerpt(status) + "\"");
    }
    state = State.DONE;
  }

  private static String excerpt(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  // SOCKS5, RFC 1928 and RFC 1929.

  private byte[] methods() {
    return settings.user() == null
        ? new byte[] {SOCKS_VERSION, 1, NO_AUTHENTICATION}
        : new byte[] {SOCKS_VERSION, 2, NO_AUTHENTICATION, USERNAME_PASSWORD};
  }

  private void handleMethod() throws ProxyException {
    byte[] bytes = answer.toByteArray();
    if (bytes[0] != SOCKS_VERSION) {
      throw new ProxyException("this is no SOCKS5 proxy, it answers with version " + bytes[0]);
    }
    if (bytes.length < 2) {
      return;
    }
    answer.reset();
    String user = settings.user();
    if (bytes[1] == NO_AUTHENTICATION) {
      request();
    } else if (bytes[1] == USERNAME_PASSWORD && user != null) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(1);
      writeShort(out, user);
      writeShort(out, settings.password());
      output = out.toByteArray();
      state = State.SOCKS_PASSWORD;
    } else {
      throw new ProxyException("the proxy wants another authentication than a name and password");
    }
  }

  private static void writeShort(ByteArrayOutputStream out, String text) throws ProxyException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 255) {
      throw new ProxyException(
          "SOCKS5 takes names and passwords of 255 bytes, not " + bytes.length);
    }
    out.write(bytes.length);
    out.write(bytes, 0, bytes.length);
  }

  private void handlePassword() throws ProxyException {
    byte[] bytes = answer.toByteArray();
    if (bytes.length < 2) {
      return;
    }
    if (bytes[1] != 0) {
      throw new ProxyException("the proxy refuses the name or the password");
    }
    answer.reset();
    request();
  }

  private void request() throws ProxyException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(SOCKS_VERSION);
    out.write(CONNECT);
    out.write(0);
    TransportAddress address = TransportAddress.tryParse(host, port);
    if (address == null) {
      out.write(DOMAIN_NAME);
      writeShort(out, host);
    } else {
      out.write(address.isIpv4() ? IPV4 : IPV6);
      out.writeBytes(address.addressBytes());
    }
    out.write(port >>> 8);
    out.write(port);
    output = out.toByteArray();
    state = State.SOCKS_REPLY;
  }

  private void handleReply() throws ProxyException {
    byte[] bytes = answer.toByteArray();
    if (bytes.length < 2) {
      return;
    }
    if (bytes[1] != 0) {
      throw new ProxyException("the proxy refuses: " + reason(bytes[1]));
    }
    if (bytes.length < 5) {
      return;
    }
    int length =
        switch (bytes[3]) {
          case IPV4 -> 4 + 4 + 2;
          case DOMAIN_NAME -> 4 + 1 + (bytes[4] & 0xff) + 2;
          case IPV6 -> 4 + 16 + 2;
          default -> throw new ProxyException("the proxy names an address of type " + bytes[3]);
        };
    if (bytes.length == length) {
      state = State.DONE;
    }
  }

  /// RFC 1928 §6.
  private static String reason(int code) {
    return switch (code) {
      case 1 -> "general failure";
      case 2 -> "not allowed by its rules";
      case 3 -> "network unreachable";
      case 4 -> "host unreachable";
      case 5 -> "connection refused";
      case 6 -> "time to live expired";
      case 7 -> "command not supported";
      case 8 -> "type of address not supported";
      default -> "code " + code;
    };
  }
}
