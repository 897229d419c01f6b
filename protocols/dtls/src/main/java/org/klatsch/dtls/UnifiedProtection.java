package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Protected records of version 1.3, one direction of one epoch: RFC 8446 §5.2 and §5.3 with the
/// header, the record number encryption and the additional data of RFC 9147 §4.
///
/// What is encrypted is the content, its type and no padding. Additional data is the header as sent
/// but with the sequence number in the clear. As in [AeadProtection] the JDK's cipher is
/// initialised anew for every record.
final class UnifiedProtection extends RecordProtection {
  private static final int TAG_BITS = 8 * Aead.TAG_LENGTH;

  /// Bytes of a record beyond the content: header, type, tag.
  static final int OVERHEAD = UnifiedHeader.LENGTH + 1 + Aead.TAG_LENGTH;

  private final int mode;
  private final boolean gcm;
  private final SecretKey key;
  private final byte[] iv;
  private final byte[] nonce = new byte[Aead.NONCE_LENGTH];
  private final byte[] header = new byte[UnifiedHeader.MAX_LENGTH];
  private final RecordNumberMask mask;
  private final Cipher cipher;

  /// @param mode [Cipher#ENCRYPT_MODE] or [Cipher#DECRYPT_MODE]
  UnifiedProtection(Aead aead, int mode, byte[] key, byte[] iv, byte[] numberKey)
      throws GeneralSecurityException {
    this.mode = mode;
    this.gcm = aead != Aead.CHACHA20_POLY1305;
    this.key = new SecretKeySpec(key, gcm ? "AES" : "ChaCha20");
    this.iv = iv;
    this.cipher = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
    this.mask = new RecordNumberMask(aead, numberKey);
    System.arraycopy(iv, 0, nonce, 0, iv.length);
  }

  @Override
  int overhead() {
    return OVERHEAD;
  }

  @Override
  int seal(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    int content = outOffset + UnifiedHeader.LENGTH;
    int length = inLength + 1 + Aead.TAG_LENGTH;
    UnifiedHeader.write(out, outOffset, epoch, sequence, length);
    System.arraycopy(in, inOffset, out, content, inLength);
    out[content + inLength] = (byte) type;
    try {
      begin(sequence, out, outOffset, UnifiedHeader.LENGTH);
      // In place: the JDK copies nothing when input and output begin at the same byte.
      cipher.doFinal(out, content, inLength + 1, out, content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal record " + sequence, e);
    }
    byte[] hidden = mask.of(out, content);
    out[outOffset + 1] ^= hidden[0];
    out[outOffset + 2] ^= hidden[1];
    return UnifiedHeader.LENGTH + length;
  }

  /// Reveals the lowest bits of the sequence number of a record of at least
  /// [RecordNumberMask#SAMPLE_LENGTH] bytes behind its header, and keeps the header for [#open].
  int revealNumber(byte[] in, int offset) {
    int first = in[offset];
    int headerLength = UnifiedHeader.length(first);
    System.arraycopy(in, offset, header, 0, headerLength);
    byte[] hidden = mask.of(in, offset + headerLength);
    header[1] ^= hidden[0];
    if (UnifiedHeader.sequenceLength(first) == 1) {
      return header[1] & 0xff;
    }
    header[2] ^= hidden[1];
    return (header[1] & 0xff) << 8 | (header[2] & 0xff);
  }

  /// Verifies and opens the record that [#revealNumber] was given last.
  ///
  /// @return bytes of content, type and padding, or -1 if the record is not authentic
  int open(long sequence, byte[] in, int offset, int recordLength, byte[] out) {
    int headerLength = UnifiedHeader.length(in[offset]);
    int length = recordLength - headerLength;
    if (length <= Aead.TAG_LENGTH) {
      return -1;
    }
    try {
      begin(sequence, header, 0, headerLength);
      return cipher.doFinal(in, offset + headerLength, length, out, 0);
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot open record " + sequence, e);
    }
  }

  /// The nonce is the IV combined with the sequence number, RFC 8446 §5.3; the epoch is no part of
  /// it, as every epoch has keys of its own.
  private void begin(long sequence, byte[] additional, int offset, int length)
      throws GeneralSecurityException {
    for (int i = 0; i < 8; i++) {
      nonce[4 + i] = (byte) (iv[4 + i] ^ (int) (sequence >>> (56 - 8 * i)));
    }
    cipher.init(
        mode, key, gcm ? new GCMParameterSpec(TAG_BITS, nonce) : new IvParameterSpec(nonce));
    cipher.updateAAD(additional, offset, length);
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "UnifiedProtection[" + Arrays.asList(cipher.getAlgorithm(), mode) + "]";
  }
}
