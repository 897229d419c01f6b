package org.klatsch.server.http;

import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;

/// Which pages may act in their users' name: those of the server itself and of the origins it was
/// told. Programs that are no browser send no `Origin` and are not meant.
public final class Origins {
  private final List<String> others;

  /// @param others origins beside the server's own
  public Origins(List<String> others) {
    this.others = others.stream().map(o -> o.toLowerCase(Locale.ROOT)).toList();
  }

  /// Whether the request comes from no page, or from one that may. A page of another origin must
  /// not act with what this server grants to its user's address or password, RFC 6455 §10.2.
  public boolean allows(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null) {
      return true;
    }
    String asked = origin.toLowerCase(Locale.ROOT);
    if (others.contains(asked)) {
      return true;
    }
    String scheme = request.isSecure() ? "https" : "http";
    int port = Request.getServerPort(request);
    String host = Request.getServerName(request);
    if (host == null) {
      return false;
    }
    String own = scheme + "://" + host.toLowerCase(Locale.ROOT);
    boolean standard = port == (request.isSecure() ? 443 : 80);
    return asked.equals(own + ":" + port) || (standard && asked.equals(own));
  }

  /// Whether a request that changes something was made by a page of another site. Browsers send the
  /// password that their user once gave along with requests of any page; only these headers, which
  /// no page can set, tell them apart.
  public boolean forged(Request request) {
    if (HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod())) {
      return false;
    }
    if (!allows(request)) {
      return true;
    }
    String site = request.getHeaders().get("Sec-Fetch-Site");
    boolean own = site == null || site.equals("same-origin") || site.equals("none");
    // Without an Origin nothing says which of the other pages it was.
    return !own && !request.getHeaders().contains(HttpHeader.ORIGIN);
  }
}
