package org.klatsch.server.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Headers that every answer carries.
final class SecurityHeaders extends Handler.Wrapper {
  /// Only files of this server run, none of them inline; nothing is framed, embedded or submitted.
  /// The page shows files it received as `blob:` downloads only.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
          + "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
          + "frame-ancestors 'none'";

  private static final HttpFields HEADERS =
      HttpFields.build()
          .put("Content-Security-Policy", CONTENT_SECURITY_POLICY)
          .put("X-Content-Type-Options", "nosniff")
          .put("X-Frame-Options", "DENY")
          // The link of a room or transfer stays here.
          .put("Referrer-Policy", "no-referrer")
          .put("Cross-Origin-Opener-Policy", "same-origin")
          .put("Cross-Origin-Embedder-Policy", "require-corp")
          .put("Cross-Origin-Resource-Policy", "same-origin")
          .put(
              "Permissions-Policy",
              "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()")
          .asImmutable();

  SecurityHeaders(Handler handler) {
    super(handler);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HEADERS.forEach(response.getHeaders()::put);
    return super.handle(request, response, callback);
  }
}
