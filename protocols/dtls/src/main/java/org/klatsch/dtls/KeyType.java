package org.klatsch.dtls;

/// Kinds of keys for own certificates.
public enum KeyType {
  /// What browsers make by default and RFC 8827 §6.5 asks for: small and fast.
  ECDSA_P256("EC", "secp256r1", 256, "SHA256withECDSA"),
  ECDSA_P384("EC", "secp384r1", 384, "SHA384withECDSA"),
  RSA_2048("RSA", "", 2048, "SHA256withRSA"),
  RSA_3072("RSA", "", 3072, "SHA256withRSA");

  private final String algorithm;
  private final String curve;
  private final int bits;
  private final String signature;

  KeyType(String algorithm, String curve, int bits, String signature) {
    this.algorithm = algorithm;
    this.curve = curve;
    this.bits = bits;
    this.signature = signature;
  }

  String algorithm() {
    return algorithm;
  }

  String curve() {
    return curve;
  }

  int bits() {
    return bits;
  }

  /// JCA name of the signature on the certificate itself.
  String signature() {
    return signature;
  }
}
