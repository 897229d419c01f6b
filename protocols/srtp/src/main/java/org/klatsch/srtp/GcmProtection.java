package org.klatsch.srtp;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-GCM, RFC 7714. The header of the packet is the additional data, the tag of 16 bytes stands
/// behind the payload.
final class GcmProtection extends PacketProtection {
  static final int TAG_LENGTH = 16;
  private static final int TAG_BITS = 8 * TAG_LENGTH;
  private static final int NONCE_LENGTH = 12;

  private final SecretKeySpec key;
  private final byte[] salt;
  private final byte[] nonce = new byte[NONCE_LENGTH];
  private final byte[] word = new byte[SrtpSuite.RTCP_WORD_LENGTH];
  private final Cipher cipher;

  /// Where the cipher decrypts to before that is copied back: in place the JDK's cipher makes two
  /// passes over the packet, one for the tag and one for the payload, otherwise a single one.
  private byte[] output = new byte[2048];

  GcmProtection(byte[] key, byte[] salt) throws GeneralSecurityException {
    this.key = new SecretKeySpec(key, "AES");
    this.salt = salt;
    this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
  }

  @Override
  int sealRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index) {
    Cryptex.gather(buffer, offset, csrcLength);
    try {
      begin(Cipher.ENCRYPT_MODE, ssrc, (int) (index >>> 32), (int) index);
      cipher.updateAAD(buffer, offset, clear);
      cipher.doFinal(buffer, offset + clear, length - clear, buffer, offset + clear);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt " + length + " bytes", e);
    }
    Cryptex.scatter(buffer, offset, csrcLength);
    return length + TAG_LENGTH;
  }

  @Override
  int openRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index) {
    Cryptex.gather(buffer, offset, csrcLength);
    try {
      begin(Cipher.DECRYPT_MODE, ssrc, (int) (index >>> 32), (int) index);
      cipher.updateAAD(buffer, offset, clear);
      decrypt(buffer, offset + clear, length - clear);
    } catch (AEADBadTagException e) {
      return FORGED;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot decrypt " + length + " bytes", e);
    }
    Cryptex.scatter(buffer, offset, csrcLength);
    return length - TAG_LENGTH;
  }

  /// RFC 7714 §9.2: the word of E flag and index is additional data behind the header; of a packet
  /// that is not encrypted (§9.3) all is.
  @Override
  int sealRtcp(byte[] buffer, int offset, int length, int ssrc, int esrtcpWord) {
    int clear = (esrtcpWord & ENCRYPTED) != 0 ? Wire.RTCP_HEADER_LENGTH : length;
    try {
      beginRtcp(Cipher.ENCRYPT_MODE, buffer, offset, clear, ssrc, esrtcpWord);
      cipher.doFinal(buffer, offset + clear, length - clear, buffer, offset + clear);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt " + length + " bytes", e);
    }
    Wire.i32(buffer, offset + length + TAG_LENGTH, esrtcpWord);
    return length + TAG_LENGTH + SrtpSuite.RTCP_WORD_LENGTH;
  }

  @Override
  int openRtcp(byte[] buffer, int offset, int length, int ssrc, int esrtcpWord) {
    int sealed = length - SrtpSuite.RTCP_WORD_LENGTH;
    int clear = (esrtcpWord & ENCRYPTED) != 0 ? Wire.RTCP_HEADER_LENGTH : sealed - TAG_LENGTH;
    try {
      beginRtcp(Cipher.DECRYPT_MODE, buffer, offset, clear, ssrc, esrtcpWord);
      decrypt(buffer, offset + clear, sealed - clear);
    } catch (AEADBadTagException e) {
      return FORGED;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot decrypt " + length + " bytes", e);
    }
    return sealed - TAG_LENGTH;
  }

  private void decrypt(byte[] buffer, int offset, int length) throws GeneralSecurityException {
    if (output.length < length) {
      output = new byte[Math.max(length, 2 * output.length)];
    }
    int plain = cipher.doFinal(buffer, offset, length, output, 0);
    System.arraycopy(output, 0, buffer, offset, plain);
  }

  @Override
  int rtcpWordAt(int offset, int length) {
    return offset + length - SrtpSuite.RTCP_WORD_LENGTH;
  }

  private void beginRtcp(int mode, byte[] buffer, int offset, int clear, int ssrc, int esrtcpWord)
      throws GeneralSecurityException {
    begin(mode, ssrc, 0, esrtcpWord & ~ENCRYPTED);
    cipher.updateAAD(buffer, offset, clear);
    Wire.i32(word, 0, esrtcpWord);
    cipher.updateAAD(word);
  }

  /// Two zero bytes, SSRC, six bytes of index, XOR salt: RFC 7714 §8.1 and §9.1.
  private void begin(int mode, int ssrc, int indexHigh, int indexLow)
      throws GeneralSecurityException {
    System.arraycopy(salt, 0, nonce, 0, NONCE_LENGTH);
    Wire.i32(nonce, 2, Wire.i32(nonce, 2) ^ ssrc);
    Wire.u16(nonce, 6, Wire.u16(nonce, 6) ^ indexHigh);
    Wire.i32(nonce, 8, Wire.i32(nonce, 8) ^ indexLow);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "GcmProtection[" + 8 * key.getEncoded().length + "]";
  }
}
