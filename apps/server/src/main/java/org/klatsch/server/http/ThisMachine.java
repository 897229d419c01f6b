package org.klatsch.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/// Tells requests of programs and pages on this very machine.
public final class ThisMachine {
  /// Headers of a proxy: behind one everybody seems to be on this machine.
  private static final Set<HttpHeader> FORWARDED =
      Set.of(HttpHeader.FORWARDED, HttpHeader.X_FORWARDED_FOR, HttpHeader.VIA);

  private ThisMachine() {}

  /// The name in the request must be one of this machine too: a page of somebody else whose name
  /// leads to the loopback address ("DNS rebinding") could read the answer in the user's browser.
  public static boolean sent(Request request) {
    for (HttpHeader each : FORWARDED) {
      if (request.getHeaders().contains(each)) {
        return false;
      }
    }
    InetAddress remote =
        request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress inet
            ? inet.getAddress()
            : null;
    return remote != null
        && remote.isLoopbackAddress()
        && isLoopback(Request.getServerName(request));
  }

  /// Whether a name, or an address, in brackets if of IPv6, is one of this machine.
  public static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.equals("::1")
        || name.matches("127(\\.[0-9]{1,3}){3}");
  }
}
