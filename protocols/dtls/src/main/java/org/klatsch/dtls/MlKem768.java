package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.DecapsulateException;
import javax.crypto.KEM;

/// ML-KEM-768, FIPS 203, with keys and ciphertexts as bare bytes.
final class MlKem768 {
  /// Bytes of an encapsulation key, FIPS 203 §8.
  static final int PUBLIC_KEY_LENGTH = 1184;

  /// Bytes of a ciphertext.
  static final int CIPHERTEXT_LENGTH = 1088;

  private static final String ALGORITHM = "ML-KEM";

  /// What a SubjectPublicKeyInfo has before the key, RFC 9935 §4: two lengths, the identifier of
  /// ML-KEM-768, the head of the bit string.
  private static final byte[] KEY_INFO =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

  private MlKem768() {}

  static KeyPair generate(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ML_KEM_768, random);
    return generator.generateKeyPair();
  }

  static byte[] encode(PublicKey key) {
    byte[] info = key.getEncoded();
    return Arrays.copyOfRange(info, info.length - PUBLIC_KEY_LENGTH, info.length);
  }

  /// A new secret and its ciphertext for the owner of a public key. A key with coefficients out of
  /// range is refused, FIPS 203 §7.2.
  static KEM.Encapsulated encapsulate(byte[] publicKey, SecureRandom random)
      throws GeneralSecurityException, DtlsException {
    try {
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(KeySchedule12.concat(KEY_INFO, publicKey)));
      return KEM.getInstance(ALGORITHM).newEncapsulator(key, random).encapsulate();
    } catch (InvalidKeySpecException | InvalidKeyException e) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "ML-KEM-768 key is invalid: " + e.getMessage());
    }
  }

  /// The secret in a ciphertext. One that was made for another key gives some other secret, so that
  /// it is Finished that fails: FIPS 203 §6.3.
  static byte[] decapsulate(PrivateKey key, byte[] ciphertext)
      throws GeneralSecurityException, DtlsException {
    try {
      return KEM.getInstance(ALGORITHM).newDecapsulator(key).decapsulate(ciphertext).getEncoded();
    } catch (DecapsulateException e) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "ML-KEM-768 ciphertext: " + e.getMessage());
    }
  }
}
