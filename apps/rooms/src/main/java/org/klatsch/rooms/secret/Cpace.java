package org.klatsch.rooms.secret;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/// The arithmetic of CPace-X25519-SHA512, draft-irtf-cfrg-cpace §7.1 and §7.2: pure functions.
final class Cpace {
  /// Length of a point, a scalar and a session id component.
  static final int POINT_LENGTH = 32;

  private static final byte[] DSI = ascii("CPace255");
  private static final byte[] DSI_ISK = ascii("CPace255_ISK");

  /// Input block of SHA-512. The secret is padded so that it fills the first block alone.
  private static final int HASH_BLOCK = 128;

  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  /// Coefficient of Curve25519, RFC 7748 §4.1.
  private static final BigInteger A = BigInteger.valueOf(486_662);

  private Cpace() {}

  /// `generator_string`, draft-irtf-cfrg-cpace §6: what is hashed to a point.
  static byte[] generatorString(byte[] secret, byte[] channelIdentifier, byte[] sessionId) {
    int padding = Math.max(0, HASH_BLOCK - 1 - concat(secret).length - concat(DSI).length);
    return concat(DSI, secret, new byte[padding], channelIdentifier, sessionId);
  }

  /// `calculate_generator`, draft-irtf-cfrg-cpace §7.2.
  static byte[] generator(byte[] generatorString) {
    return elligator2(Arrays.copyOf(sha512(generatorString), POINT_LENGTH));
  }

  /// Maps 32 bytes to the u-coordinate of a point: Elligator 2 for Curve25519, RFC 9380 §6.7.1 with
  /// Z = 2.
  static byte[] elligator2(byte[] bytes) {
    BigInteger u = decode(bytes);
    BigInteger v =
        A.negate()
            .multiply(BigInteger.TWO.multiply(u).multiply(u).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger squared = v.multiply(v).mod(P);
    BigInteger curve = squared.multiply(v).add(A.multiply(squared)).add(v).mod(P);
    BigInteger legendre = curve.modPow(P.subtract(BigInteger.ONE).shiftRight(1), P);
    boolean square = legendre.compareTo(BigInteger.ONE) <= 0;
    return encode(square ? v : v.negate().subtract(A).mod(P));
  }

  /// X25519, RFC 7748 §5, by the JDK in constant time.
  ///
  /// @return null if the result is the neutral element: the other side sent a point of small order
  static byte @Nullable [] multiply(byte[] scalar, byte[] point) {
    try {
      KeyFactory keys = KeyFactory.getInstance("X25519");
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(
          keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar)));
      agreement.doPhase(
          keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, decode(point))),
          true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      // What the JDK says to a point of small order, RFC 7748 §6.1.
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no X25519", e);
    }
  }

  /// The intermediate session key in the initiator-responder setting, without associated data.
  static byte[] sessionKey(
      byte[] sessionId, byte[] shared, byte[] initiatorPoint, byte[] responderPoint) {
    byte[] none = new byte[0];
    return sha512(concat(DSI_ISK, sessionId, shared, initiatorPoint, none, responderPoint, none));
  }

  /// `lv_cat`: each part behind its length as LEB128.
  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      int length = part.length;
      while (length >= 0x80) {
        out.write(length & 0x7f | 0x80);
        length >>>= 7;
      }
      out.write(length);
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] sha512(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-512", e);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// `decodeUCoordinate`, RFC 7748 §5: little-endian, the highest bit ignored.
  private static BigInteger decode(byte[] littleEndian) {
    byte[] bigEndian = reversed(littleEndian);
    bigEndian[0] &= 0x7f;
    return new BigInteger(1, bigEndian).mod(P);
  }

  private static byte[] encode(BigInteger value) {
    byte[] bigEndian = value.toByteArray();
    byte[] out = new byte[POINT_LENGTH];
    for (int i = 0; i < Math.min(bigEndian.length, POINT_LENGTH); i++) {
      out[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return out;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
