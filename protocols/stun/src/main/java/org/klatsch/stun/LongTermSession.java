package org.klatsch.stun;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client's side of the long-term credential mechanism with one server, RFC 8489 §9.2: what the
/// server asked for last, and the key that follows from it. Not thread-safe.
public final class LongTermSession {
  private final StunCredential.LongTerm credential;
  private @Nullable String realm;
  private @Nullable String nonce;

  /// The server's list, to be repeated in requests so that nobody can have shortened it.
  private StunAttribute.@Nullable PasswordAlgorithms offered;

  private @Nullable PasswordAlgorithm algorithm;
  private boolean anonymous;
  private @Nullable MessageIntegrity integrity;

  public LongTermSession(StunCredential.LongTerm credential) {
    this.credential = credential;
  }

  /// Whether the server has told its realm, so that requests can be authenticated.
  public boolean isReady() {
    return integrity != null;
  }

  /// The key for requests and for the responses to them, or null before a challenge.
  public @Nullable MessageIntegrity integrity() {
    return integrity;
  }

  /// Takes an error response 401 or 438.
  ///
  /// @return whether another request makes sense: not when the server refused these very
  ///   credentials, offers nothing known, or somebody seems to have removed what it offers (RFC
  ///   8489 §9.2.5)
  public boolean handleChallenge(StunMessage response) throws MalformedStunException {
    String newRealm = response.text(StunAttributeType.REALM);
    String newNonce = response.text(StunAttributeType.NONCE);
    if (newRealm == null || newNonce == null) {
      return false;
    }
    boolean refused =
        response.errorCode() == StunErrorCode.UNAUTHENTICATED
            && integrity != null
            && newRealm.equals(realm);
    if (refused) {
      return false;
    }
    Set<NonceCookie.Feature> features = NonceCookie.featuresOf(newNonce);
    StunAttribute.PasswordAlgorithms list = null;
    for (StunAttribute attribute : response.attributes()) {
      if (attribute instanceof StunAttribute.PasswordAlgorithms algorithms) {
        list = algorithms;
        break;
      }
    }
    boolean announced = features.contains(NonceCookie.Feature.PASSWORD_ALGORITHMS);
    if (announced != (list != null)) {
      return false;
    }
    PasswordAlgorithm chosen = list == null ? PasswordAlgorithm.MD5 : firstKnown(list.algorithms());
    if (chosen == null) {
      return false;
    }
    boolean sameKey =
        newRealm.equals(realm) && chosen == algorithm && (list == null) == (offered == null);
    realm = newRealm;
    nonce = newNonce;
    offered = list;
    algorithm = chosen;
    anonymous = features.contains(NonceCookie.Feature.USERNAME_ANONYMITY);
    if (!sameKey || integrity == null) {
      byte[] key =
          LongTermKey.derive(chosen, credential.username(), newRealm, credential.password());
      // RFC 8489 §9.2.4: with PASSWORD-ALGORITHMS the request carries the SHA-256 form.
      integrity = list == null ? MessageIntegrity.sha1(key) : MessageIntegrity.sha256(key);
    }
    return true;
  }

  private static @Nullable PasswordAlgorithm firstKnown(List<StunAttribute.Algorithm> offered) {
    for (StunAttribute.Algorithm candidate : offered) {
      PasswordAlgorithm known = candidate.known();
      if (known != null) {
        return known;
      }
    }
    return null;
  }

  /// Adds the attributes of the mechanism and the integrity to a request, RFC 8489 §9.2.3 and
  /// §9.2.4.
  public void authenticate(StunMessageWriter request) {
    MessageIntegrity key = integrity;
    if (key == null) {
      throw new IllegalStateException("no challenge has come yet");
    }
    String currentRealm = Objects.requireNonNull(realm);
    if (anonymous) {
      request.bytes(
          StunAttributeType.USERHASH, LongTermKey.userhash(credential.username(), currentRealm));
    } else {
      request.text(StunAttributeType.USERNAME, OpaqueString.enforce(credential.username()));
    }
    request.text(StunAttributeType.REALM, currentRealm);
    request.text(StunAttributeType.NONCE, Objects.requireNonNull(nonce));
    if (offered != null && algorithm != null) {
      request.add(offered);
      request.add(
          new StunAttribute.ChosenPasswordAlgorithm(
              new StunAttribute.Algorithm(algorithm.number(), new byte[0])));
    }
    request.integrity(key);
  }
}
