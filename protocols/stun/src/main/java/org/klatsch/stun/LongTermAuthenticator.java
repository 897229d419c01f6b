package org.klatsch.stun;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;

/// A server's side of the long-term credential mechanism, RFC 8489 §9.2.4. It keeps no state per
/// client: a nonce carries its own expiry, sealed for the address it was given to. Not thread-safe.
public final class LongTermAuthenticator {
  /// Where the server finds its users.
  public interface Users {
    /// The password of a user, or null.
    @Nullable String password(String username);

    /// The user whose USERHASH this is, or null, RFC 8489 §14.4.
    @Nullable String usernameOf(byte[] userhash);
  }

  /// What [#check] found.
  ///
  /// @param errorCode 0, or the error to answer: 400, 401 or 438, the latter two with a challenge
  /// @param username who asks, when that is known
  /// @param integrity protects the response when the request was authenticated
  public record Verdict(
      int errorCode, @Nullable String username, @Nullable MessageIntegrity integrity) {}

  private static final int TAG_LENGTH = 12;
  private static final List<StunAttribute.Algorithm> ALGORITHMS =
      List.of(
          new StunAttribute.Algorithm(PasswordAlgorithm.SHA256.number(), new byte[0]),
          new StunAttribute.Algorithm(PasswordAlgorithm.MD5.number(), new byte[0]));

  private final String realm;
  private final Users users;
  private final long lifetimeNanos;
  private final Mac mac;

  /// @param nonceLifetime after which a client is asked to use a new nonce
  /// @param random for the secret that seals nonces
  public LongTermAuthenticator(
      String realm, Users users, Duration nonceLifetime, SecureRandom random) {
    this.realm = realm;
    this.users = users;
    this.lifetimeNanos = nonceLifetime.toNanos();
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 belongs to every JDK", e);
    }
  }

  /// Adds REALM, NONCE and PASSWORD-ALGORITHMS to an error response 401 or 438.
  public void challenge(long now, TransportAddress client, StunMessageWriter response) {
    response.text(StunAttributeType.REALM, realm);
    response.text(StunAttributeType.NONCE, nonce(now + lifetimeNanos, client));
    response.add(new StunAttribute.PasswordAlgorithms(ALGORITHMS));
  }

  private String nonce(long expiry, TransportAddress client) {
    PacketWriter sealed = new PacketWriter(8 + TAG_LENGTH);
    sealed.u64(expiry).bytes(tag(expiry, client), 0, TAG_LENGTH);
    return NonceCookie.of(EnumSet.allOf(NonceCookie.Feature.class))
        + Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.toByteArray());
  }

  private byte[] tag(long expiry, TransportAddress client) {
    PacketWriter input = new PacketWriter(8 + 16 + 2);
    input.u64(expiry).bytes(client.addressBytes()).u16(client.port());
    return mac.doFinal(input.toByteArray());
  }

  private enum NonceState {
    VALID,
    STALE,
    FORGED
  }

  private NonceState check(String nonce, long now, TransportAddress client) {
    String cookie = NonceCookie.of(EnumSet.allOf(NonceCookie.Feature.class));
    if (!nonce.startsWith(cookie)) {
      return NonceState.FORGED;
    }
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(nonce.substring(cookie.length()));
    } catch (IllegalArgumentException e) {
      return NonceState.FORGED;
    }
    if (sealed.length != 8 + TAG_LENGTH) {
      return NonceState.FORGED;
    }
    long expiry = StunMessage.i64(sealed, 0);
    byte[] expected = Arrays.copyOf(tag(expiry, client), TAG_LENGTH);
    if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(sealed, 8, sealed.length))) {
      return NonceState.FORGED;
    }
    return now < expiry ? NonceState.VALID : NonceState.STALE;
  }

  /// Checks a request in the order of RFC 8489 §9.2.4.
  public Verdict check(long now, TransportAddress client, StunMessage request)
      throws MalformedStunException {
    boolean sha256 = request.has(StunAttributeType.MESSAGE_INTEGRITY_SHA256);
    if (!sha256 && !request.has(StunAttributeType.MESSAGE_INTEGRITY)) {
      return new Verdict(StunErrorCode.UNAUTHENTICATED, null, null);
    }
    String requestRealm = request.text(StunAttributeType.REALM);
    String nonce = request.text(StunAttributeType.NONCE);
    byte[] userhash = request.bytes(StunAttributeType.USERHASH);
    String username = request.text(StunAttributeType.USERNAME);
    if (requestRealm == null || nonce == null || username == null && userhash == null) {
      return new Verdict(StunErrorCode.BAD_REQUEST, null, null);
    }
    NonceState state = check(nonce, now, client);
    if (state == NonceState.FORGED) {
      return new Verdict(StunErrorCode.STALE_NONCE, null, null);
    }
    PasswordAlgorithm algorithm = algorithmOf(request);
    if (algorithm == null) {
      return new Verdict(StunErrorCode.BAD_REQUEST, null, null);
    }
    if (username == null && userhash != null) {
      username = users.usernameOf(userhash);
    }
    String password = username == null ? null : users.password(username);
    if (username == null || password == null || !requestRealm.equals(realm)) {
      return new Verdict(StunErrorCode.UNAUTHENTICATED, username, null);
    }
    byte[] key;
    try {
      key = LongTermKey.derive(algorithm, username, realm, password);
    } catch (IllegalArgumentException e) {
      return new Verdict(StunErrorCode.UNAUTHENTICATED, null, null);
    }
    MessageIntegrity integrity = sha256 ? MessageIntegrity.sha256(key) : MessageIntegrity.sha1(key);
    if (!integrity.matches(request)) {
      return new Verdict(StunErrorCode.UNAUTHENTICATED, username, null);
    }
    return state == NonceState.STALE
        ? new Verdict(StunErrorCode.STALE_NONCE, username, null)
        : new Verdict(0, username, integrity);
  }

  /// The algorithm of a request: MD5 when it names none, null when the two attributes of algorithms
  /// do not fit what was offered (somebody has changed the challenge).
  private static @Nullable PasswordAlgorithm algorithmOf(StunMessage request)
      throws MalformedStunException {
    int listAt = request.find(StunAttributeType.PASSWORD_ALGORITHMS);
    int chosenAt = request.find(StunAttributeType.PASSWORD_ALGORITHM);
    if (listAt < 0 && chosenAt < 0) {
      return PasswordAlgorithm.MD5;
    }
    if (listAt < 0 || chosenAt < 0) {
      return null;
    }
    List<StunAttribute.Algorithm> list = algorithms(request, listAt);
    List<StunAttribute.Algorithm> chosen = algorithms(request, chosenAt);
    if (chosen.size() != 1 || list.size() != ALGORITHMS.size()) {
      return null;
    }
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).number() != ALGORITHMS.get(i).number()
          || list.get(i).parameters().length > 0) {
        return null;
      }
    }
    return chosen.getFirst().known();
  }

  private static List<StunAttribute.Algorithm> algorithms(StunMessage request, int at)
      throws MalformedStunException {
    return StunAttributeCodec.decodeAlgorithms(
        request.array(), request.valueOffset(at), request.valueLength(at));
  }
}
