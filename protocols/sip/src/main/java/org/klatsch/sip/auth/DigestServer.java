package org.klatsch.sip.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.klatsch.sip.Authentication;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.Parameters;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Uri;
import org.klatsch.sip.auth.DigestVerdict.Outcome;

/// Asks for credentials and checks them, RFC 3261 §22.2 to §22.4. A nonce carries its time of birth
/// and a seal, so that asking costs no memory; the count of a nonce is remembered from its first
/// accepted use, so that no credentials are taken twice (RFC 7616 §5.12). One thread.
public final class DigestServer {
  private static final int RANDOM_BYTES = 8;
  private static final int SEAL_BYTES = 12;
  private static final String PROTECTION = "auth";
  private static final int NONCE_BYTES = Long.BYTES + RANDOM_BYTES + SEAL_BYTES;

  private final DigestOptions options;
  private final SecureRandom random;
  private final Mac seal;

  /// The highest count that was accepted, by nonce, oldest first.
  private final Map<String, Long> counts = new LinkedHashMap<>();

  /// Nonces born before are stale: their counts were forgotten for want of room.
  private long forgottenBefore;

  public DigestServer(DigestOptions options, SecureRandom random) {
    this.options = options;
    this.random = random;
    byte[] key = new byte[32];
    random.nextBytes(key);
    try {
      this.seal = Mac.getInstance("HmacSHA256");
      seal.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /// The answer that asks for credentials: 401 with one challenge per algorithm, the preferred one
  /// first (RFC 8760 §2.4).
  ///
  /// @param stale whether only the nonce was wrong, so that nobody is asked for the password
  public SipResponse challenge(
      long now, SipRequest request, String realm, boolean stale, List<DigestAlgorithm> algorithms) {
    SipResponse response = request.response(SipStatus.UNAUTHORIZED);
    for (DigestAlgorithm algorithm : algorithms) {
      Authentication challenge =
          new Authentication("Digest", Parameters.NONE)
              .with("realm", realm)
              .with("nonce", nonce(now))
              .with("algorithm", algorithm.token())
              .with("qop", PROTECTION);
      response.add(SipHeader.WWW_AUTHENTICATE, stale ? challenge.with("stale", "true") : challenge);
    }
    return response;
  }

  private String nonce(long now) {
    byte[] bytes = new byte[Long.BYTES + RANDOM_BYTES];
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(now);
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).put(bytes).put(sealOf(bytes)).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
  }

  private byte[] sealOf(byte[] bytes) {
    byte[] full = seal.doFinal(bytes);
    return ByteBuffer.allocate(SEAL_BYTES).put(full, 0, SEAL_BYTES).array();
  }

  /// When a nonce was made; -1 when it is not ours.
  private long birth(String nonce) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(nonce.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return -1;
    }
    if (bytes.length != NONCE_BYTES) {
      return -1;
    }
    byte[] head = new byte[Long.BYTES + RANDOM_BYTES];
    byte[] sealed = new byte[SEAL_BYTES];
    ByteBuffer.wrap(bytes).get(head).get(sealed);
    return MessageDigest.isEqual(sealed, sealOf(head)) ? ByteBuffer.wrap(head).getLong() : -1;
  }

  /// Checks the credentials of a request.
  ///
  /// @param passwords the password of a user name, or null when there is no such user
  public DigestVerdict check(
      long now, SipRequest request, String realm, Function<String, @Nullable String> passwords) {
    for (Authentication credentials : request.all(SipHeader.AUTHORIZATION)) {
      if (credentials.isDigest() && realm.equals(credentials.value("realm"))) {
        return check(now, request, credentials, passwords);
      }
    }
    return DigestVerdict.of(Outcome.MISSING);
  }

  private DigestVerdict check(
      long now,
      SipRequest request,
      Authentication credentials,
      Function<String, @Nullable String> passwords) {
    DigestAlgorithm algorithm = DigestAlgorithm.of(credentials.value("algorithm"));
    String user = credentials.value("username");
    String realm = credentials.value("realm");
    String nonce = credentials.value("nonce");
    String uri = credentials.value("uri");
    String response = credentials.value("response");
    String protection = credentials.value("qop");
    String count = credentials.value("nc");
    if (algorithm == null
        || user == null
        || realm == null
        || nonce == null
        || uri == null
        || response == null
        || !names(uri, request.uri())
        || protection != null && !protection.equalsIgnoreCase(PROTECTION)) {
      return DigestVerdict.of(Outcome.WRONG);
    }
    String password = passwords.apply(user);
    // Computed for unknown users too, so that time does not tell who exists.
    String expected =
        algorithm.response(
            algorithm.secret(user, realm, password == null ? nonce : password),
            nonce,
            count,
            credentials.value("cnonce"),
            protection,
            request.method(),
            uri);
    boolean equal =
        MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.ISO_8859_1),
            response.getBytes(StandardCharsets.ISO_8859_1));
    if (password == null || !equal) {
      return DigestVerdict.of(Outcome.WRONG);
    }
    return isFresh(now, nonce, protection == null ? 1 : number(count))
        ? new DigestVerdict(Outcome.ACCEPTED, user)
        : DigestVerdict.of(Outcome.STALE);
  }

  /// Takes a count of a nonce, once. Credentials without count are good for one request.
  private boolean isFresh(long now, String nonce, long count) {
    long birth = birth(nonce);
    if (birth < 0
        || birth < forgottenBefore
        || now - birth > options.nonceLifetime().toNanos()
        || count < 1) {
      return false;
    }
    Long last = counts.get(nonce);
    if (last != null && count <= last) {
      return false;
    }
    counts.put(nonce, count);
    forget(now);
    return true;
  }

  private void forget(long now) {
    Iterator<String> oldest = counts.keySet().iterator();
    while (oldest.hasNext()) {
      long birth = birth(oldest.next());
      boolean expired = now - birth > options.nonceLifetime().toNanos();
      if (!expired && counts.size() <= options.maxNonces()) {
        return;
      }
      if (!expired) {
        forgottenBefore = Math.max(forgottenBefore, birth + 1);
      }
      oldest.remove();
    }
  }

  /// Eight hexadecimal digits; -1 for anything else.
  private static long number(@Nullable String count) {
    if (count == null || count.length() != 8) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < count.length(); i++) {
      int digit = Character.digit(count.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /// Whether credentials are for what the request names, RFC 7616 §3.4.6. Parameters and ports are
  /// let be different, as clients and routers add them.
  private static boolean names(String text, Uri target) {
    if (text.equals(target.toString())) {
      return true;
    }
    try {
      return Uri.parse(text) instanceof SipUri uri
          && target instanceof SipUri sip
          && uri.place().hasSameHost(sip.place())
          && uri.userText().equals(sip.userText());
    } catch (MalformedSipException e) {
      return false;
    }
  }

  /// How many nonces are remembered.
  int size() {
    return counts.size();
  }

  /// The algorithms for a client over WebSocket: the libraries in browsers know MD5 alone, and of
  /// several challenges they look at one only, JsSIP at the last.
  public static List<DigestAlgorithm> forBrowsers() {
    return List.of(DigestAlgorithm.MD5);
  }

  /// The algorithms for others, the stronger one first (RFC 8760 §2.4).
  public static List<DigestAlgorithm> forOthers() {
    return List.of(DigestAlgorithm.values());
  }
}
