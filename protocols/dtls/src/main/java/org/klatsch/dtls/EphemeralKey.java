package org.klatsch.dtls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/// One side's key pair of an ephemeral Diffie-Hellman exchange, RFC 8422 §5.10 and §5.11. Used
/// once. Touches nothing shared: it is made and used inside [CryptoWork].
final class EphemeralKey {
  private static final BigInteger X25519_PRIME =
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final int UNCOMPRESSED_POINT = 4;

  private final NamedGroup group;
  private final KeyPair pair;

  private EphemeralKey(NamedGroup group, KeyPair pair) {
    this.group = group;
    this.pair = pair;
  }

  static EphemeralKey generate(NamedGroup group, SecureRandom random)
      throws GeneralSecurityException {
    KeyPairGenerator generator;
    if (group == NamedGroup.X25519) {
      generator = KeyPairGenerator.getInstance("X25519");
      generator.initialize(NamedParameterSpec.X25519, random);
    } else {
      generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve(group)), random);
    }
    return new EphemeralKey(group, generator.generateKeyPair());
  }

  private static String curve(NamedGroup group) {
    return group == NamedGroup.SECP256R1 ? "secp256r1" : "secp384r1";
  }

  /// The public key as on the wire.
  byte[] publicKey() {
    if (pair.getPublic() instanceof XECPublicKey key) {
      byte[] littleEndian = fixedLength(key.getU(), group.coordinateLength());
      reverse(littleEndian);
      return littleEndian;
    }
    ECPoint point = ((ECPublicKey) pair.getPublic()).getW();
    byte[] encoded = new byte[group.publicKeyLength()];
    int length = group.coordinateLength();
    encoded[0] = UNCOMPRESSED_POINT;
    System.arraycopy(fixedLength(point.getAffineX(), length), 0, encoded, 1, length);
    System.arraycopy(fixedLength(point.getAffineY(), length), 0, encoded, 1 + length, length);
    return encoded;
  }

  /// The shared secret with the peer's public key: the premaster secret, leading zeros included.
  byte[] agree(byte[] peerKey) throws GeneralSecurityException, DtlsException {
    if (peerKey.length != group.publicKeyLength()) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "public key of "
              + peerKey.length
              + " bytes, "
              + group
              + " has "
              + group.publicKeyLength());
    }
    if (group == NamedGroup.X25519) {
      return agreeX25519(peerKey);
    }
    ECParameterSpec curve = ((ECPublicKey) pair.getPublic()).getParams();
    ECPoint point = decodePoint(peerKey, curve);
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
    return agree("ECDH", key);
  }

  private byte[] agreeX25519(byte[] peerKey) throws GeneralSecurityException, DtlsException {
    byte[] bigEndian = peerKey.clone();
    reverse(bigEndian);
    // The highest bit is not part of the coordinate, RFC 7748 §5.
    bigEndian[0] &= 0x7f;
    BigInteger u = new BigInteger(1, bigEndian).mod(X25519_PRIME);
    PublicKey key =
        KeyFactory.getInstance("X25519")
            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
    byte[] secret;
    try {
      secret = agree("X25519", key);
    } catch (java.security.InvalidKeyException e) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "public key of small order: " + e.getMessage());
    }
    // RFC 8422 §5.11: a shared secret of zeros means a point of small order.
    if (Arrays.equals(secret, new byte[secret.length])) {
      throw DtlsException.fatal(AlertDescription.ILLEGAL_PARAMETER, "shared secret is zero");
    }
    return secret;
  }

  private byte[] agree(String algorithm, PublicKey key) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
    agreement.init(pair.getPrivate());
    agreement.doPhase(key, true);
    return agreement.generateSecret();
  }

  /// An uncompressed point of the curve, RFC 8422 §5.4.1. Whether it lies on the curve is checked
  /// here (`y² = x³ + ax + b`), as §5.11 demands; the curves have cofactor 1.
  private ECPoint decodePoint(byte[] encoded, ECParameterSpec curve) throws DtlsException {
    int length = group.coordinateLength();
    BigInteger x = new BigInteger(1, encoded, 1, length);
    BigInteger y = new BigInteger(1, encoded, 1 + length, length);
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger right =
        x.multiply(x).add(curve.getCurve().getA()).multiply(x).add(curve.getCurve().getB());
    if (encoded[0] != UNCOMPRESSED_POINT
        || x.compareTo(p) >= 0
        || y.compareTo(p) >= 0
        || !y.multiply(y).subtract(right).mod(p).equals(BigInteger.ZERO)) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "public key is no uncompressed point of " + group);
    }
    return new ECPoint(x, y);
  }

  private static byte[] fixedLength(BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    byte[] fixed = new byte[length];
    int copy = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - copy, fixed, length - copy, copy);
    return fixed;
  }

  private static void reverse(byte[] bytes) {
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte swap = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swap;
    }
  }
}
