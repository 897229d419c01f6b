package org.klatsch.turn.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.klatsch.stun.LongTermAuthenticator;
import org.klatsch.stun.LongTermKey;
import org.klatsch.stun.StunCredential;

/// The users of a TURN server: named ones with passwords, and anybody to whom the holder of a
/// shared secret gave a name that says when it ends (draft-uberti-behave-turn-rest-00 §2.2: name
/// `expiry:user`, password the HMAC-SHA1 of the name). Not thread-safe.
public final class TurnUsers implements LongTermAuthenticator.Users {
  private final Map<String, String> passwords;
  private final Map<String, String> namesByHash = new HashMap<>();
  private final @Nullable String secret;
  private long epochSecondAtZero;
  private long nowSeconds;

  /// A user whose allocation lives, so that its name counts although its time is over.
  private @Nullable String established;

  /// @param passwords by user name
  /// @param secret shared with whoever gives out time-limited names, or null for none
  public TurnUsers(String realm, Map<String, String> passwords, @Nullable String secret) {
    this.passwords = Map.copyOf(passwords);
    this.secret = secret;
    for (String name : passwords.keySet()) {
      namesByHash.put(HexFormat.of().formatHex(LongTermKey.userhash(name, realm)), name);
    }
  }

  /// A name and a password that work for `lifetime`.
  ///
  /// @param user who it is for; quotas count by it. Empty for nobody in particular
  public static StunCredential.LongTerm temporary(
      String secret, String user, Instant now, Duration lifetime) {
    String expiry = Long.toString(now.plus(lifetime).getEpochSecond());
    String name = user.isEmpty() ? expiry : expiry + ":" + user;
    return new StunCredential.LongTerm(name, temporaryPassword(secret, name));
  }

  private static String temporaryPassword(String secret, String name) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA1 belongs to every JDK", e);
    }
  }

  /// Tells what the wall clock shows at `now`, for the names that end.
  public void wallClock(long now, Instant time) {
    epochSecondAtZero = time.getEpochSecond() - now / 1_000_000_000L;
    nowSeconds = time.getEpochSecond();
  }

  /// Sets the time of the next questions, and who may go on after their time.
  void at(long now, @Nullable String establishedUser) {
    nowSeconds = epochSecondAtZero + now / 1_000_000_000L;
    established = establishedUser;
  }

  @Override
  public @Nullable String password(String username) {
    String fixed = passwords.get(username);
    String shared = secret;
    if (fixed != null || shared == null) {
      return fixed;
    }
    long expiry = expiryOf(username);
    if (expiry < 0 || expiry <= nowSeconds && !username.equals(established)) {
      return null;
    }
    return temporaryPassword(shared, username);
  }

  /// The seconds before the colon, or -1.
  private static long expiryOf(String username) {
    int colon = username.indexOf(':');
    String digits = colon < 0 ? username : username.substring(0, colon);
    if (digits.isEmpty()
        || digits.length() > 12
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Long.parseLong(digits);
  }

  /// Whom a quota counts for: a temporary name without its time.
  String quotaName(String username) {
    int colon = username.indexOf(':');
    boolean temporary = !passwords.containsKey(username) && colon > 0;
    return temporary && colon < username.length() - 1 ? username.substring(colon + 1) : username;
  }

  @Override
  public @Nullable String usernameOf(byte[] userhash) {
    return namesByHash.get(HexFormat.of().formatHex(userhash));
  }

  /// A temporary name cannot be found by its hash.
  @Override
  public boolean knowsUserhashes() {
    return secret == null;
  }
}
