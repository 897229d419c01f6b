package org.klatsch.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES in counter mode (RFC 3711 §4.1.1, RFC 6188 §2) with HMAC-SHA1 (RFC 3711 §4.2.1).
final class CounterModeProtection extends PacketProtection {
  /// Bytes of the authentication key, RFC 3711 §8.2.
  static final int AUTHENTICATION_KEY_LENGTH = 20;

  /// Bytes of the rollover counter that is authenticated with an SRTP packet and not sent.
  private static final int ROLLOVER_LENGTH = 4;

  /// Up to here a session salt fills the IV; the block counter follows.
  private static final int SALT_LENGTH = 14;

  private static final int IV_LENGTH = 16;

  private final int tagLength;
  private final SecretKeySpec key;
  private final byte[] salt;
  private final byte[] iv = new byte[IV_LENGTH];
  private final Cipher cipher;
  private final HmacSha1 hmac;
  private final byte[] receivedTag = new byte[HmacSha1.LENGTH];

  /// The cipher's output before it is copied back: in place the JDK's cipher would take a copy of
  /// its own for every packet.
  private byte[] output = new byte[2048];

  CounterModeProtection(byte[] key, byte[] salt, byte[] authenticationKey, int tagLength)
      throws GeneralSecurityException {
    this.tagLength = tagLength;
    this.key = new SecretKeySpec(key, "AES");
    this.salt = salt;
    this.cipher = Cipher.getInstance("AES/CTR/NoPadding");
    this.hmac = new HmacSha1(authenticationKey);
  }

  @Override
  int sealRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index) {
    Cryptex.gather(buffer, offset, csrcLength);
    crypt(buffer, offset + clear, length - clear, ssrc, index);
    Cryptex.scatter(buffer, offset, csrcLength);
    int end = offset + length;
    // M = authenticated portion || ROC, RFC 3711 §4.2: the counter stands for a moment where the
    // tag will be. A tag of 4 bytes has the same room.
    Wire.i32(buffer, end, (int) (index >>> 16));
    byte[] tag = hmac.compute(buffer, offset, length + ROLLOVER_LENGTH);
    System.arraycopy(tag, 0, buffer, end, tagLength);
    return length + tagLength;
  }

  @Override
  int openRtp(
      byte[] buffer, int offset, int length, int clear, int csrcLength, int ssrc, long index) {
    int plain = length - tagLength;
    int end = offset + plain;
    System.arraycopy(buffer, end, receivedTag, 0, tagLength);
    Wire.i32(buffer, end, (int) (index >>> 16));
    byte[] tag = hmac.compute(buffer, offset, plain + ROLLOVER_LENGTH);
    if (!Wire.isEqual(tag, 0, receivedTag, 0, tagLength)) {
      return FORGED;
    }
    Cryptex.gather(buffer, offset, csrcLength);
    crypt(buffer, offset + clear, plain - clear, ssrc, index);
    Cryptex.scatter(buffer, offset, csrcLength);
    return plain;
  }

  @Override
  int sealRtcp(byte[] buffer, int offset, int length, int ssrc, int word) {
    if ((word & ENCRYPTED) != 0) {
      cryptRtcp(buffer, offset, length, ssrc, word);
    }
    int end = offset + length;
    Wire.i32(buffer, end, word);
    byte[] tag = hmac.compute(buffer, offset, length + SrtpSuite.RTCP_WORD_LENGTH);
    System.arraycopy(tag, 0, buffer, end + SrtpSuite.RTCP_WORD_LENGTH, tagLength);
    return length + SrtpSuite.RTCP_WORD_LENGTH + tagLength;
  }

  @Override
  int openRtcp(byte[] buffer, int offset, int length, int ssrc, int word) {
    int authenticated = length - tagLength;
    byte[] tag = hmac.compute(buffer, offset, authenticated);
    if (!Wire.isEqual(tag, 0, buffer, offset + authenticated, tagLength)) {
      return FORGED;
    }
    int plain = authenticated - SrtpSuite.RTCP_WORD_LENGTH;
    if ((word & ENCRYPTED) != 0) {
      cryptRtcp(buffer, offset, plain, ssrc, word);
    }
    return plain;
  }

  @Override
  int rtcpWordAt(int offset, int length) {
    return offset + length - tagLength - SrtpSuite.RTCP_WORD_LENGTH;
  }

  private void cryptRtcp(byte[] buffer, int offset, int length, int ssrc, int word) {
    crypt(
        buffer,
        offset + Wire.RTCP_HEADER_LENGTH,
        length - Wire.RTCP_HEADER_LENGTH,
        ssrc,
        word & ~ENCRYPTED);
  }

  /// Encrypts or decrypts, which is the same. IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16),
  /// RFC 3711 §4.1.1.
  private void crypt(byte[] buffer, int offset, int length, int ssrc, long index) {
    if (length == 0) {
      return;
    }
    System.arraycopy(salt, 0, iv, 0, SALT_LENGTH);
    Wire.i32(iv, 4, Wire.i32(iv, 4) ^ ssrc);
    Wire.u16(iv, 8, Wire.u16(iv, 8) ^ (int) (index >>> 32));
    Wire.i32(iv, 10, Wire.i32(iv, 10) ^ (int) index);
    if (output.length < length) {
      output = new byte[Math.max(length, 2 * output.length)];
    }
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
      cipher.doFinal(buffer, offset, length, output, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt " + length + " bytes", e);
    }
    System.arraycopy(output, 0, buffer, offset, length);
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "CounterModeProtection[" + Arrays.asList(8 * key.getEncoded().length, tagLength) + "]";
  }
}
