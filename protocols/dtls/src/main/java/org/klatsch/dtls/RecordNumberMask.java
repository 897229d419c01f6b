package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Makes the mask that hides sequence numbers, RFC 9147 §4.2.3: a block of the cipher over the
/// first bytes of the ciphertext.
final class RecordNumberMask {
  /// Bytes of ciphertext that go in; shorter records cannot be read.
  static final int SAMPLE_LENGTH = 16;

  private static final byte[] ZEROS = new byte[SAMPLE_LENGTH];

  private final boolean chacha;
  private final SecretKey key;
  private final Cipher cipher;
  private final byte[] mask = new byte[SAMPLE_LENGTH];

  /// @param key `sn_key`
  RecordNumberMask(Aead aead, byte[] key) throws GeneralSecurityException {
    this.chacha = aead == Aead.CHACHA20_POLY1305;
    this.key = new SecretKeySpec(key, chacha ? "ChaCha20" : "AES");
    this.cipher = Cipher.getInstance(chacha ? "ChaCha20" : "AES/ECB/NoPadding");
    if (!chacha) {
      cipher.init(Cipher.ENCRYPT_MODE, this.key);
    }
  }

  /// The mask for a ciphertext; overwritten by the next call.
  byte[] of(byte[] ciphertext, int offset) {
    try {
      if (chacha) {
        int counter = 0;
        for (int i = 3; i >= 0; i--) {
          counter = counter << 8 | (ciphertext[offset + i] & 0xff);
        }
        byte[] nonce = new byte[12];
        System.arraycopy(ciphertext, offset + 4, nonce, 0, nonce.length);
        // Decrypting is the same key stream, and the JDK lets a nonce come twice there, as it does
        // when a repeated record is read.
        cipher.init(Cipher.DECRYPT_MODE, key, new ChaCha20ParameterSpec(nonce, counter));
        cipher.doFinal(ZEROS, 0, SAMPLE_LENGTH, mask, 0);
      } else {
        cipher.doFinal(ciphertext, offset, SAMPLE_LENGTH, mask, 0);
      }
      return mask;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a record number mask", e);
    }
  }
}
