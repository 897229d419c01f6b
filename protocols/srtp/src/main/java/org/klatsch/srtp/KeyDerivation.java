package org.klatsch.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Session keys from the master key with a key derivation rate of zero: RFC 3711 §4.3 with the
/// generators of §4.3.3 (AES_CM_PRF) and RFC 6188 §3.1 (AES_256_CM_PRF).
final class KeyDerivation {
  /// Labels of RFC 3711 §4.3.1 and §4.3.2; those of SRTCP come [#RTCP] further.
  static final int ENCRYPTION = 0;

  static final int AUTHENTICATION = 1;
  static final int SALT = 2;
  static final int RTCP = 3;

  private static final int BLOCK = 16;

  /// Where the label stands in the salt of 14 bytes: it is followed by six bytes of index, which is
  /// zero at this rate.
  private static final int LABEL_POSITION = 7;

  private final byte[] masterKey;
  private final byte[] masterSalt;

  KeyDerivation(byte[] masterKey, byte[] masterSalt) {
    this.masterKey = masterKey;
    this.masterSalt = masterSalt;
  }

  byte[] derive(int label, int length) throws GeneralSecurityException {
    // x * 2^16: the salt, of 12 bytes with GCM, is filled up with zeros (RFC 7714 §11).
    byte[] iv = Arrays.copyOf(masterSalt, BLOCK);
    iv[LABEL_POSITION] ^= (byte) label;
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"), new IvParameterSpec(iv));
    return cipher.doFinal(new byte[length]);
  }
}
