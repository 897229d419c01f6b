package org.klatsch.sip.auth;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sip.Authentication;
import org.klatsch.sip.CSeq;
import org.klatsch.sip.Parameters;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;

/// Answers challenges with one user's password, RFC 3261 §22.2 and §22.3; afterwards it puts
/// credentials on requests before they are asked for. One thread.
public final class DigestClient {
  /// More realms than a request passes; a server that makes up new ones is not followed.
  private static final int MAX_REALMS = 8;

  private final String user;
  private final String password;
  private final SecureRandom random;
  private final Map<String, Session> sessions = new HashMap<>();

  /// What a realm has told.
  private static final class Session {
    final boolean proxy;
    final String realm;
    final String nonce;
    final @Nullable String opaque;
    final DigestAlgorithm algorithm;
    final @Nullable String algorithmToken;
    final boolean protection;
    final String secret;
    long count;

    Session(
        boolean proxy,
        String realm,
        String nonce,
        Authentication challenge,
        DigestAlgorithm algorithm,
        boolean protection,
        String secret) {
      this.proxy = proxy;
      this.realm = realm;
      this.nonce = nonce;
      this.opaque = challenge.value("opaque");
      this.algorithm = algorithm;
      this.algorithmToken = challenge.value("algorithm");
      this.protection = protection;
      this.secret = secret;
    }
  }

  /// @param user as the other side knows us, which need not be the user of an address
  public DigestClient(String user, String password, SecureRandom random) {
    this.user = user;
    this.password = password;
    this.random = random;
  }

  /// The request again with what a 401 or 407 asks for: without the topmost Via, which a new
  /// transaction puts on, and with the next CSeq.
  ///
  /// @return null when there is nothing to answer: no known algorithm, or the password was wrong
  public @Nullable SipRequest answer(SipRequest refused, SipResponse challenge) {
    boolean proxy = challenge.status() == SipStatus.PROXY_AUTHENTICATION_REQUIRED;
    if (!proxy && challenge.status() != SipStatus.UNAUTHORIZED) {
      return null;
    }
    boolean learned = false;
    for (Authentication each :
        challenge.all(proxy ? SipHeader.PROXY_AUTHENTICATE : SipHeader.WWW_AUTHENTICATE)) {
      learned |= learn(proxy, each, refused, learned);
    }
    if (!learned) {
      return null;
    }
    SipRequest next = refused.copy();
    next.removeFirst(SipHeader.VIA);
    next.set(SipHeader.CSEQ, new CSeq(refused.cseq().number() + 1, refused.method()));
    authorize(next);
    return next;
  }

  /// @param already whether a better challenge of the same response has been taken: the topmost
  ///   that is understood counts, RFC 8760 §2.5
  private boolean learn(
      boolean proxy, Authentication challenge, SipRequest refused, boolean already) {
    String realm = challenge.value("realm");
    String nonce = challenge.value("nonce");
    DigestAlgorithm algorithm = DigestAlgorithm.of(challenge.value("algorithm"));
    if (!challenge.isDigest() || realm == null || nonce == null || algorithm == null) {
      return false;
    }
    String protections = challenge.value("qop");
    boolean protection = protections != null && offersAuth(protections);
    if (protections != null && !protections.isBlank() && !protection) {
      return false; // auth-int alone.
    }
    String key = key(proxy, realm);
    Session known = sessions.get(key);
    boolean answered = hasCredentials(proxy, realm, refused);
    if (already && known != null && !known.nonce.equals(nonce)) {
      return true; // A second algorithm of the realm just learned.
    }
    if (answered && !"true".equalsIgnoreCase(challenge.value("stale"))) {
      // Refused though it had credentials: with those of an old nonce it may be tried again once.
      if (known == null || known.count <= 1) {
        sessions.remove(key);
        return false;
      }
    }
    if (known == null && sessions.size() >= MAX_REALMS) {
      return false;
    }
    sessions.put(
        key,
        new Session(
            proxy,
            realm,
            nonce,
            challenge,
            algorithm,
            protection,
            algorithm.secret(user, realm, password)));
    return true;
  }

  private static boolean offersAuth(String protections) {
    return List.of(protections.toLowerCase(Locale.ROOT).split("[ ,]+", -1)).contains("auth");
  }

  private static boolean hasCredentials(boolean proxy, String realm, SipRequest request) {
    return request.all(proxy ? SipHeader.PROXY_AUTHORIZATION : SipHeader.AUTHORIZATION).stream()
        .anyMatch(credentials -> realm.equals(credentials.value("realm")));
  }

  private static String key(boolean proxy, String realm) {
    return (proxy ? "proxy " : "server ") + realm;
  }

  /// Puts credentials of all realms known on a request, in place of those it has. Its method and
  /// URI must be what will be sent.
  public void authorize(SipRequest request) {
    if (sessions.isEmpty()) {
      return;
    }
    request.remove(SipHeader.AUTHORIZATION);
    request.remove(SipHeader.PROXY_AUTHORIZATION);
    for (Session session : sessions.values()) {
      request.add(
          session.proxy ? SipHeader.PROXY_AUTHORIZATION : SipHeader.AUTHORIZATION,
          credentials(session, request));
    }
  }

  private Authentication credentials(Session session, SipRequest request) {
    String uri = request.uri().toString();
    String count = null;
    String clientNonce = null;
    if (session.protection) {
      session.count++;
      count = HexFormat.of().toHexDigits((int) session.count);
      byte[] bytes = new byte[12];
      random.nextBytes(bytes);
      clientNonce = HexFormat.of().formatHex(bytes);
    } else {
      session.count++;
    }
    String response =
        session.algorithm.response(
            session.secret,
            session.nonce,
            count,
            clientNonce,
            session.protection ? "auth" : null,
            request.method(),
            uri);
    Authentication credentials =
        new Authentication("Digest", Parameters.NONE)
            .with("username", user)
            .with("realm", session.realm)
            .with("nonce", session.nonce)
            .with("uri", uri)
            .with("response", response);
    if (session.algorithmToken != null) {
      credentials = credentials.with("algorithm", session.algorithmToken);
    }
    if (count != null && clientNonce != null) {
      credentials =
          credentials.withPlain("qop", "auth").with("nc", count).with("cnonce", clientNonce);
    }
    return session.opaque == null ? credentials : credentials.with("opaque", session.opaque);
  }
}
