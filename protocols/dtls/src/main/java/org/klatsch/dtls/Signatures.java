package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Digital signatures of handshake messages, RFC 5246 §4.7 and RFC 8446 §4.2.3.
final class Signatures {
  /// RSA keys shorter than this are refused, RFC 9325 §4.5 asks for 2048 (RFC 8827 for 1024 at
  /// least, which old endpoints still have).
  private static final int MIN_RSA_BITS = 1024;

  /// Longer keys only cost time.
  private static final int MAX_RSA_BITS = 8192;

  private Signatures() {}

  static byte[] sign(SignatureScheme scheme, PrivateKey key, SecureRandom random, byte[]... parts)
      throws GeneralSecurityException {
    Signature signature = scheme.signature();
    signature.initSign(key, random);
    for (byte[] part : parts) {
      signature.update(part);
    }
    return signature.sign();
  }

  /// Ends the connection with decrypt_error when the signature is wrong, RFC 5246 §7.2.2.
  static void verify(SignatureScheme scheme, PublicKey key, byte[] signed, byte[]... parts)
      throws GeneralSecurityException, DtlsException {
    boolean valid;
    Signature signature = scheme.signature();
    signature.initVerify(key);
    for (byte[] part : parts) {
      signature.update(part);
    }
    try {
      valid = signature.verify(signed);
    } catch (java.security.SignatureException e) {
      valid = false;
    }
    if (!valid) {
      throw DtlsException.fatal(
          AlertDescription.DECRYPT_ERROR, "the signature with " + scheme + " is wrong");
    }
  }

  /// Our most preferred scheme that a key and the peer can do, or null.
  static @Nullable SignatureScheme choose(
      ProtocolVersion version, List<SignatureScheme> ours, List<Integer> theirs, PublicKey key) {
    for (SignatureScheme scheme : ours) {
      if (scheme.fits(version, key) && theirs.contains(scheme.code())) {
        return scheme;
      }
    }
    return null;
  }

  /// The scheme of a received signature, which we must have offered and which must fit the key.
  static SignatureScheme accept(
      ProtocolVersion version, List<SignatureScheme> offered, int code, PublicKey key)
      throws DtlsException {
    SignatureScheme scheme = SignatureScheme.ofCode(code);
    if (scheme == null || !offered.contains(scheme) || !scheme.fits(version, key)) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "signature scheme 0x"
              + Integer.toHexString(code)
              + " was not offered or does not fit a key of "
              + key.getAlgorithm());
    }
    return scheme;
  }

  /// Refuses keys that are of another kind than ECDSA and RSA, too weak, or so long that verifying
  /// would be a burden.
  static void requireUsable(PublicKey key) throws DtlsException {
    boolean usable =
        key instanceof RSAKey rsa
            ? rsa.getModulus().bitLength() >= MIN_RSA_BITS
                && rsa.getModulus().bitLength() <= MAX_RSA_BITS
            : key instanceof ECKey;
    if (!usable) {
      throw DtlsException.fatal(
          AlertDescription.UNSUPPORTED_CERTIFICATE,
          "certificate with a key of "
              + key.getAlgorithm()
              + " that is no RSA key of "
              + MIN_RSA_BITS
              + " to "
              + MAX_RSA_BITS
              + " bits and no EC key");
    }
  }
}
