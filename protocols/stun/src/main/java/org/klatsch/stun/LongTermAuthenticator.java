package org.klatsch.stun;

import java.nio.charset.StandardCharsets;
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
/// client: a nonce carries its own expiry, sealed for the two addresses it was given between. Not
/// thread-safe.
///
/// A challenge comes in two sizes. The full one offers the newer mechanisms by a cookie in the
/// nonce (RFC 8489 §9.2); the short one is for requests so small that the full one would make this
/// server an amplifier. The seal of a nonce covers its size, so a cookie that somebody cuts off is
/// noticed.
public final class LongTermAuthenticator {
  /// Where the server finds its users.
  public interface Users {
    /// The password of a user, or null.
    @Nullable String password(String username);

    /// The user whose USERHASH this is, or null, RFC 8489 §14.4.
    @Nullable String usernameOf(byte[] userhash);

    /// Whether [#usernameOf] finds every user, so that clients may hide their names.
    default boolean knowsUserhashes() {
      return true;
    }
  }

  /// What [#check] found.
  ///
  /// @param errorCode 0, or the error to answer: 400, 401 or 438, the latter two with a challenge
  /// @param username who asks, when that is known
  /// @param integrity protects the response when the request was authenticated
  public record Verdict(
      int errorCode, @Nullable String username, @Nullable MessageIntegrity integrity) {}

  /// Seconds of expiry and seal, so that the text of a nonce is 16 characters.
  private static final int EXPIRY_LENGTH = 4;

  private static final int TAG_LENGTH = 8;
  private static final int SEALED_TEXT_LENGTH = (EXPIRY_LENGTH + TAG_LENGTH) * 4 / 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final List<StunAttribute.Algorithm> ALGORITHMS =
      List.of(
          new StunAttribute.Algorithm(PasswordAlgorithm.SHA256.number(), new byte[0]),
          new StunAttribute.Algorithm(PasswordAlgorithm.MD5.number(), new byte[0]));

  private final String realm;
  private final Users users;
  private final long lifetimeNanos;
  private final String cookie;
  private final Mac mac;

  /// @param nonceLifetime after which a client is asked to use a new nonce
  /// @param random for the secret that seals nonces
  public LongTermAuthenticator(
      String realm, Users users, Duration nonceLifetime, SecureRandom random) {
    this.realm = realm;
    this.users = users;
    this.lifetimeNanos = nonceLifetime.toNanos();
    this.cookie =
        NonceCookie.of(
            users.knowsUserhashes()
                ? EnumSet.allOf(NonceCookie.Feature.class)
                : EnumSet.of(NonceCookie.Feature.PASSWORD_ALGORITHMS));
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 belongs to every JDK", e);
    }
  }

  /// Adds REALM and NONCE to an error response 401 or 438, and PASSWORD-ALGORITHMS in the full
  /// form.
  ///
  /// @param server the address of this server that the request came to
  public void challenge(
      long now,
      TransportAddress server,
      TransportAddress client,
      boolean full,
      StunMessageWriter response) {
    response.text(StunAttributeType.REALM, realm);
    response.text(StunAttributeType.NONCE, nonce(now + lifetimeNanos, server, client, full));
    if (full) {
      response.add(new StunAttribute.PasswordAlgorithms(ALGORITHMS));
    }
  }

  /// Bytes that [#challenge] adds.
  public int challengeLength(boolean full) {
    int realmLength = realm.getBytes(StandardCharsets.UTF_8).length;
    int length = 4 + StunMessage.padded(realmLength) + 4;
    return full
        ? length
            + StunMessage.padded(cookie.length() + SEALED_TEXT_LENGTH)
            + 4
            + 4 * ALGORITHMS.size()
        : length + SEALED_TEXT_LENGTH;
  }

  private String nonce(
      long expiry, TransportAddress server, TransportAddress client, boolean full) {
    int seconds = (int) (expiry / NANOS_PER_SECOND);
    PacketWriter sealed = new PacketWriter(EXPIRY_LENGTH + TAG_LENGTH);
    sealed.u32(seconds).bytes(tag(seconds, server, client, full), 0, TAG_LENGTH);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.toByteArray());
    return full ? cookie + text : text;
  }

  private byte[] tag(int seconds, TransportAddress server, TransportAddress client, boolean full) {
    PacketWriter input = new PacketWriter(4 + 1 + 2 * (16 + 2));
    input.u32(seconds).u8(full ? 1 : 0);
    input.bytes(client.addressBytes()).u16(client.port());
    input.bytes(server.addressBytes()).u16(server.port());
    return mac.doFinal(input.toByteArray());
  }

  private enum NonceState {
    VALID,
    STALE,
    FORGED
  }

  private NonceState check(
      String nonce, long now, TransportAddress server, TransportAddress client) {
    boolean full = nonce.startsWith(cookie);
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(full ? nonce.substring(cookie.length()) : nonce);
    } catch (IllegalArgumentException e) {
      return NonceState.FORGED;
    }
    if (sealed.length != EXPIRY_LENGTH + TAG_LENGTH) {
      return NonceState.FORGED;
    }
    int seconds = StunMessage.i32(sealed, 0);
    byte[] expected = Arrays.copyOf(tag(seconds, server, client, full), TAG_LENGTH);
    if (!MessageDigest.isEqual(
        expected, Arrays.copyOfRange(sealed, EXPIRY_LENGTH, sealed.length))) {
      return NonceState.FORGED;
    }
    return now / NANOS_PER_SECOND < Integer.toUnsignedLong(seconds)
        ? NonceState.VALID
        : NonceState.STALE;
  }

  /// Checks a request in the order of RFC 8489 §9.2.4.
  ///
  /// @param server the address of this server that it came to
  public Verdict check(
      long now, TransportAddress server, TransportAddress client, StunMessage request)
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
    NonceState state = check(nonce, now, server, client);
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
