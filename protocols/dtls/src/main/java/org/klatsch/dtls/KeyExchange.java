package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KEM;
import org.jspecify.annotations.Nullable;

/// A client's part of the key exchange in one group of version 1.3, RFC 8446 §4.2.8, and a server's
/// answer to it. In the hybrid group key shares and secrets are those of ML-KEM-768 followed by
/// those of X25519, draft-ietf-tls-ecdhe-mlkem §4.
final class KeyExchange {
  /// A server's key share and the secret.
  record Answer(byte[] publicKey, byte[] secret) {}

  private final NamedGroup group;
  private final EphemeralKey classical;
  private final @Nullable KeyPair mlKem;

  private KeyExchange(NamedGroup group, EphemeralKey classical, @Nullable KeyPair mlKem) {
    this.group = group;
    this.classical = classical;
    this.mlKem = mlKem;
  }

  /// Keys for some groups. The hybrid group and X25519 share one key pair: it is used with one
  /// server only, and making another would cost as much as all of ML-KEM.
  static List<KeyExchange> generate(List<NamedGroup> groups, SecureRandom random)
      throws GeneralSecurityException {
    List<KeyExchange> exchanges = new ArrayList<>(groups.size());
    EphemeralKey x25519 = null;
    for (NamedGroup group : groups) {
      if (group == NamedGroup.X25519 || group.isHybrid()) {
        if (x25519 == null) {
          x25519 = EphemeralKey.generate(NamedGroup.X25519, random);
        }
        exchanges.add(
            new KeyExchange(group, x25519, group.isHybrid() ? MlKem768.generate(random) : null));
      } else {
        exchanges.add(new KeyExchange(group, EphemeralKey.generate(group, random), null));
      }
    }
    return exchanges;
  }

  NamedGroup group() {
    return group;
  }

  /// The key share for the server.
  byte[] publicKey() {
    KeyPair pair = mlKem;
    return pair == null
        ? classical.publicKey()
        : KeySchedule12.concat(MlKem768.encode(pair.getPublic()), classical.publicKey());
  }

  /// The secret with the server's key share.
  byte[] agree(byte[] share) throws GeneralSecurityException, DtlsException {
    KeyPair pair = mlKem;
    if (pair == null) {
      return classical.agree(share);
    }
    int cut = MlKem768.CIPHERTEXT_LENGTH;
    requireLength(share, cut + NamedGroup.X25519.publicKeyLength(), group);
    return KeySchedule12.concat(
        MlKem768.decapsulate(pair.getPrivate(), Arrays.copyOf(share, cut)),
        classical.agree(Arrays.copyOfRange(share, cut, share.length)));
  }

  /// A server's part, for a client's key share.
  static Answer answer(NamedGroup group, byte[] share, SecureRandom random)
      throws GeneralSecurityException, DtlsException {
    if (!group.isHybrid()) {
      EphemeralKey ours = EphemeralKey.generate(group, random);
      return new Answer(ours.publicKey(), ours.agree(share));
    }
    int cut = MlKem768.PUBLIC_KEY_LENGTH;
    requireLength(share, cut + NamedGroup.X25519.publicKeyLength(), group);
    KEM.Encapsulated sealed = MlKem768.encapsulate(Arrays.copyOf(share, cut), random);
    EphemeralKey ours = EphemeralKey.generate(NamedGroup.X25519, random);
    byte[] agreed = ours.agree(Arrays.copyOfRange(share, cut, share.length));
    return new Answer(
        KeySchedule12.concat(sealed.encapsulation(), ours.publicKey()),
        KeySchedule12.concat(sealed.key().getEncoded(), agreed));
  }

  private static void requireLength(byte[] share, int length, NamedGroup group)
      throws DtlsException {
    if (share.length != length) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "key share of " + share.length + " bytes, " + group + " has " + length);
    }
  }
}
