package org.klatsch.net.proxy;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The proxy that connections over TCP go through.
///
/// @param host its name or IP address
/// @param user the name to authenticate with, or null for none
/// @param password the password that goes with it; empty without a user
public record ProxySettings(
    Kind kind, String host, int port, @Nullable String user, String password) {
  /// What a proxy speaks.
  public enum Kind {
    HTTP,
    SOCKS5
  }

  public ProxySettings {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a proxy needs a host");
    }
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " of the proxy is not in 1 to 65535");
    }
  }

  /// Reads `http://user:password@host:port` or `socks5://…`; without a port it is 8080 or 1080.
  /// Characters of user and password may be percent-encoded.
  ///
  /// @throws IllegalArgumentException for anything else
  public static ProxySettings parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no proxy URL: " + e.getReason(), e);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    Kind kind =
        switch (scheme) {
          case "http" -> Kind.HTTP;
          case "socks5", "socks5h", "socks" -> Kind.SOCKS5;
          default ->
              throw new IllegalArgumentException(
                  "a proxy URL begins with http:// or socks5://, not " + scheme + ":");
        };
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("the proxy URL has no host");
    }
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : kind == Kind.HTTP ? 8080 : 1080;
    String user = null;
    String password = "";
    String info = uri.getRawUserInfo();
    if (info != null) {
      int colon = info.indexOf(':');
      user = decode(colon < 0 ? info : info.substring(0, colon));
      password = colon < 0 ? "" : decode(info.substring(colon + 1));
    }
    return new ProxySettings(kind, host, port, user, password);
  }

  private static String decode(String text) {
    // A plus stands for itself in this part of a URL.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// Without the password.
  @Override
  public String toString() {
    return kind + " " + host + ":" + port + (user == null ? "" : " as " + user);
  }
}
