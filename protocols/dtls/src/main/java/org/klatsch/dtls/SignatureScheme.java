package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/// Algorithms of signatures. DTLS 1.2 defined pairs of hash and signature (RFC 5246 §7.4.1.4.1);
/// the codes below are the same bytes under the names of RFC 8446 §4.2.3, which also brings RSA-PSS
/// into version 1.2. Under 1.2 an ECDSA scheme does not name the curve.
///
/// Nothing with SHA-1 or MD5: RFC 9155 §2 forbids them.
public enum SignatureScheme {
  ECDSA_SECP256R1_SHA256(0x0403, "SHA256withECDSA", 256),
  ECDSA_SECP384R1_SHA384(0x0503, "SHA384withECDSA", 384),
  RSA_PSS_RSAE_SHA256(0x0804, "RSASSA-PSS", "SHA-256"),
  RSA_PKCS1_SHA256(0x0401, "SHA256withRSA", null),
  RSA_PKCS1_SHA384(0x0501, "SHA384withRSA", null),
  RSA_PKCS1_SHA512(0x0601, "SHA512withRSA", null);

  private final int code;
  private final boolean rsa;
  private final String algorithm;
  private final @Nullable String pssHash;
  private final int curveBits;

  SignatureScheme(int code, String algorithm, int curveBits) {
    this.code = code;
    this.rsa = false;
    this.algorithm = algorithm;
    this.pssHash = null;
    this.curveBits = curveBits;
  }

  SignatureScheme(int code, String algorithm, @Nullable String pssHash) {
    this.code = code;
    this.rsa = true;
    this.algorithm = algorithm;
    this.pssHash = pssHash;
    this.curveBits = 0;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// Whether a key of this kind can make or verify such signatures.
  boolean fits(java.security.Key key) {
    return rsa ? key instanceof RSAKey : key instanceof ECKey;
  }

  /// Whether a key of this kind can make or verify such signatures under a version: under 1.3 the
  /// scheme names the curve, and PKCS #1 is for certificates only, RFC 8446 §4.2.3.
  boolean fits(ProtocolVersion version, java.security.Key key) {
    if (version != ProtocolVersion.DTLS_1_3) {
      return fits(key);
    }
    return key instanceof ECKey ec
        ? !rsa && ec.getParams().getCurve().getField().getFieldSize() == curveBits
        : fits(key) && pssHash != null;
  }

  /// Whether `key` belongs to a family any scheme knows.
  static boolean isSupported(PublicKey key) {
    return key instanceof RSAKey || key instanceof ECKey;
  }

  /// A signature object, not initialised.
  Signature signature() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    if (pssHash != null) {
      // The salt is as long as the hash, RFC 8446 §4.2.3.
      signature.setParameter(
          new PSSParameterSpec(
              pssHash, "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC));
    }
    return signature;
  }

  static @Nullable SignatureScheme ofCode(int code) {
    for (SignatureScheme scheme : values()) {
      if (scheme.code == code) {
        return scheme;
      }
    }
    return null;
  }
}
