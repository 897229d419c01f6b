package org.klatsch.server.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Tenants;

/// Who makes an HTTP request, and what that allows. Thread-safe.
public final class Callers {
  private final Tenants tenants;
  private final AdminAccess admin;

  public Callers(Tenants tenants, AdminAccess admin) {
    this.tenants = tenants;
    this.admin = admin;
  }

  /// What the request's bearer token (RFC 6750 §2.1) grants. While no tenant has a key, this very
  /// machine needs none and is a guest of the default tenant.
  ///
  /// @throws AccessDeniedException with status 401
  public Grants grants(Request request) throws AccessDeniedException {
    String token = bearer(request);
    if (token != null) {
      return tenants.verify(token);
    }
    if (!tenants.hasKeys() && ThisMachine.sent(request)) {
      return Grants.guest();
    }
    throw AccessDeniedException.missing();
  }

  /// The same for what belongs to a tenant: this very machine is its own master while no tenant has
  /// a key.
  public Grants tenantGrants(Request request) throws AccessDeniedException {
    Grants grants = grants(request);
    boolean guest = bearer(request) == null;
    return guest ? Grants.everything(grants.tenant()) : grants;
  }

  /// Whether it is the administrator of the whole server.
  public boolean isAdmin(Request request) {
    return admin.allows(request.getHeaders());
  }

  private static @Nullable String bearer(Request request) {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
        ? header.substring(7).strip()
        : null;
  }
}
