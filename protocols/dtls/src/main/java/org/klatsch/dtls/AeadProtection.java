package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AEAD protection of DTLS 1.2, one direction of one epoch: RFC 5246 §6.2.3.3 with the nonces of
/// RFC 5288 §3 (GCM) or RFC 7905 §2 (ChaCha20-Poly1305).
///
/// The JDK's cipher is initialised anew for every record on plain arrays; nonce and additional data
/// live in arrays of this object. What is allocated per record is the parameter object and what the
/// cipher itself allocates.
final class AeadProtection extends FragmentProtection {
  private static final int ADDITIONAL_DATA_LENGTH = 13;
  private static final int TAG_BITS = 8 * Aead.TAG_LENGTH;

  private final int mode;
  private final boolean gcm;
  private final int explicitNonceLength;
  private final SecretKey key;
  private final byte[] fixedIv;
  private final byte[] nonce = new byte[Aead.NONCE_LENGTH];
  private final byte[] additionalData = new byte[ADDITIONAL_DATA_LENGTH];
  private final Cipher cipher;

  /// @param mode [Cipher#ENCRYPT_MODE] or [Cipher#DECRYPT_MODE]
  AeadProtection(Aead aead, int mode, byte[] key, byte[] fixedIv) throws GeneralSecurityException {
    this.mode = mode;
    this.gcm = aead != Aead.CHACHA20_POLY1305;
    this.explicitNonceLength = aead.explicitNonceLength();
    this.key = new SecretKeySpec(key, gcm ? "AES" : "ChaCha20");
    this.fixedIv = fixedIv;
    this.cipher = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
    System.arraycopy(fixedIv, 0, nonce, 0, fixedIv.length);
  }

  @Override
  int expansion() {
    return explicitNonceLength + Aead.TAG_LENGTH;
  }

  @Override
  int sealFragment(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    int written = outOffset;
    if (gcm) {
      // Epoch and sequence number never repeat under one key, so they serve as the explicit nonce.
      RecordHeader.putSequence(nonce, 4, epoch, sequence);
      System.arraycopy(nonce, 4, out, written, explicitNonceLength);
      written += explicitNonceLength;
    } else {
      maskNonce(epoch, sequence);
    }
    try {
      begin(type, epoch, sequence, inLength);
      written += cipher.doFinal(in, inOffset, inLength, out, written);
      return written - outOffset;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal record " + sequence, e);
    }
  }

  @Override
  int open(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    int plaintextLength = inLength - expansion();
    if (plaintextLength < 0) {
      return -1;
    }
    if (gcm) {
      System.arraycopy(in, inOffset, nonce, 4, explicitNonceLength);
    } else {
      maskNonce(epoch, sequence);
    }
    try {
      begin(type, epoch, sequence, plaintextLength);
      return cipher.doFinal(
          in, inOffset + explicitNonceLength, inLength - explicitNonceLength, out, outOffset);
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot open record " + sequence, e);
    }
  }

  private void begin(int type, int epoch, long sequence, int plaintextLength)
      throws GeneralSecurityException {
    cipher.init(
        mode, key, gcm ? new GCMParameterSpec(TAG_BITS, nonce) : new IvParameterSpec(nonce));
    RecordHeader.putSequence(additionalData, 0, epoch, sequence);
    additionalData[8] = (byte) type;
    RecordHeader.put16(additionalData, 9, ProtocolVersion.DTLS_1_2.code());
    RecordHeader.put16(additionalData, 11, plaintextLength);
    cipher.updateAAD(additionalData);
  }

  /// The IV combined with epoch and sequence number by exclusive or, RFC 7905 §2.
  private void maskNonce(int epoch, long sequence) {
    long number = (long) epoch << 48 | sequence;
    for (int i = 0; i < 8; i++) {
      nonce[4 + i] = (byte) (fixedIv[4 + i] ^ (int) (number >>> (56 - 8 * i)));
    }
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "AeadProtection[" + Arrays.asList(cipher.getAlgorithm(), mode) + "]";
  }
}
