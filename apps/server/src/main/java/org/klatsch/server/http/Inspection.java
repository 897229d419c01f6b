package org.klatsch.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.Inspector;

/// The connections of this process for the page `/inspect`, and who may see them: whoever comes
/// from this very machine, and whoever has the token. Thread-safe.
public final class Inspection implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final @Nullable String token;
  private final AdminAccess admin;
  private @Nullable Inspector inspector;
  private boolean closed;

  /// @param token lets others in too; null: nobody but the administrator
  public Inspection(@Nullable String token, AdminAccess admin) {
    this.token = token;
    this.admin = admin;
  }

  /// Whether a request may see addresses and descriptions.
  boolean allows(Request request) {
    return hasToken(request.getHeaders())
        || admin.allows(request.getHeaders())
        || ThisMachine.sent(request);
  }

  /// Whether a token would help.
  boolean asksForToken() {
    return token != null;
  }

  private boolean hasToken(HttpFields headers) {
    String expected = token;
    String given = headers.get(HttpHeader.AUTHORIZATION);
    if (expected == null || given == null) {
      return false;
    }
    String credential = "";
    if (given.startsWith("Bearer ")) {
      credential = given.substring("Bearer ".length()).strip();
    } else if (given.startsWith("Basic ")) {
      credential = password(given.substring("Basic ".length()).strip());
    }
    return MessageDigest.isEqual(
        credential.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  /// The password of RFC 7617 §2; the name before it does not matter.
  private static String password(String basic) {
    try {
      String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      return pair.substring(pair.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /// All connections as JSON. Statistics are sampled from the first call on.
  String dump() {
    Inspector current;
    synchronized (this) {
      current = inspector;
      if (current == null && !closed) {
        current = Inspector.start(INTERVAL);
        inspector = current;
      }
    }
    return current == null ? "{}" : current.dump();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (inspector != null) {
      inspector.close();
    }
  }
}
