package org.klatsch.server.whip;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.http.ThisMachine;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Permission;
import org.klatsch.server.tenants.Tenants;

/// Who may publish and play: whoever has a token of a tenant. While no tenant has a key, whoever
/// comes from this very machine.
public final class StreamAccess {
  private static final String BEARER = "bearer ";

  private final Supplier<@Nullable Tenants> tenants;
  private final List<String> origins;

  /// @param tenants whose tokens are asked for; null for none
  /// @param origins of pages that need no token on this machine beside the server's own and local
  ///   ones, as `https://example.org`
  public StreamAccess(Supplier<@Nullable Tenants> tenants, List<String> origins) {
    this.tenants = tenants;
    this.origins = List.copyOf(origins);
  }

  /// Lets a request in.
  ///
  /// @return the tenant whose stream it is for
  String admit(Request request, Permission permission, String stream) throws StreamProblem {
    Tenants known = tenants.get();
    String token = token(request);
    try {
      if (known != null && known.hasKeys()) {
        if (token == null) {
          throw AccessDeniedException.missing();
        }
        return known.verify(token).require(permission, stream).tenant();
      }
    } catch (AccessDeniedException e) {
      throw new StreamProblem(e.status(), e.text());
    }
    if (!ThisMachine.sent(request)) {
      throw new StreamProblem(
          HttpStatus.UNAUTHORIZED_401, "Without keys only this machine may stream.");
    }
    if (!isOfLocalPage(request)) {
      throw new StreamProblem(
          HttpStatus.FORBIDDEN_403, "Pages of others may not stream without a token.");
    }
    return Grants.DEFAULT_TENANT;
  }

  /// RFC 6750 §2.1.
  private static @Nullable String token(Request request) {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? header.substring(BEARER.length()).strip()
        : null;
  }

  /// Programs send no origin. A page of somebody else, open in a browser on this machine, must not
  /// use what is free to the machine.
  private boolean isOfLocalPage(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null || origins.contains(origin)) {
      return true;
    }
    try {
      String host = URI.create(origin).getHost();
      return host != null && ThisMachine.isLoopback(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
