package org.klatsch.dtls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.klatsch.sansio.PacketWriter;

/// The key schedule of (D)TLS 1.2: pseudorandom function (RFC 5246 §5), master secret (§8.1, or RFC
/// 7627 §4), record keys (§6.3), Finished (§7.4.9) and exporter (RFC 5705 §4).
final class KeySchedule12 implements Exporter {
  static final int VERIFY_DATA_LENGTH = 12;
  private static final int MASTER_SECRET_LENGTH = 48;

  private final CipherSuite suite;
  private final byte[] masterSecret;
  private final byte[] clientRandom;
  private final byte[] serverRandom;

  private KeySchedule12(
      CipherSuite suite, byte[] masterSecret, byte[] clientRandom, byte[] serverRandom) {
    this.suite = suite;
    this.masterSecret = masterSecret;
    this.clientRandom = clientRandom;
    this.serverRandom = serverRandom;
  }

  /// With the extended master secret, RFC 7627 §4.
  ///
  /// @param sessionHash of all messages up to and including ClientKeyExchange
  static KeySchedule12 extended(
      CipherSuite suite,
      byte[] premasterSecret,
      byte[] sessionHash,
      byte[] clientRandom,
      byte[] serverRandom) {
    byte[] master =
        prf(
            suite.hash(),
            premasterSecret,
            "extended master secret",
            sessionHash,
            MASTER_SECRET_LENGTH);
    return new KeySchedule12(suite, master, clientRandom, serverRandom);
  }

  /// For a peer without that extension, RFC 5246 §8.1.
  static KeySchedule12 classic(
      CipherSuite suite, byte[] premasterSecret, byte[] clientRandom, byte[] serverRandom) {
    byte[] master =
        prf(
            suite.hash(),
            premasterSecret,
            "master secret",
            concat(clientRandom, serverRandom),
            MASTER_SECRET_LENGTH);
    return new KeySchedule12(suite, master, clientRandom, serverRandom);
  }

  /// The keys with which `role` writes epoch 1.
  WriteEpoch writeEpoch(DtlsRole role) {
    return new WriteEpoch(1, protection(Cipher.ENCRYPT_MODE, role));
  }

  /// The keys with which `role` reads epoch 1.
  ReadEpoch readEpoch(DtlsRole role) {
    return new ReadEpoch(1, protection(Cipher.DECRYPT_MODE, role.opposite()));
  }

  /// RFC 5246 §6.3: the key block is cut into client_write_key, server_write_key, client_write_IV
  /// and server_write_IV (AEAD has no MAC keys).
  private AeadProtection protection(int mode, DtlsRole writer) {
    Aead aead = suite.aead();
    int key = aead.keyLength();
    int iv = aead.fixedIvLength();
    byte[] block =
        prf(
            suite.hash(),
            masterSecret,
            "key expansion",
            concat(serverRandom, clientRandom),
            2 * (key + iv));
    int keyAt = writer == DtlsRole.CLIENT ? 0 : key;
    int ivAt = 2 * key + (writer == DtlsRole.CLIENT ? 0 : iv);
    try {
      return new AeadProtection(
          aead,
          mode,
          Arrays.copyOfRange(block, keyAt, keyAt + key),
          Arrays.copyOfRange(block, ivAt, ivAt + iv));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + aead, e);
    }
  }

  /// `verify_data` of a Finished message, RFC 5246 §7.4.9.
  ///
  /// @param sender whose message
  /// @param handshakeHash of all messages before that one
  byte[] verifyData(DtlsRole sender, byte[] handshakeHash) {
    String label = sender == DtlsRole.CLIENT ? "client finished" : "server finished";
    return prf(suite.hash(), masterSecret, label, handshakeHash, VERIFY_DATA_LENGTH);
  }

  @Override
  public byte[] export(String label, byte[] context, boolean withContext, int length) {
    byte[] seed = concat(clientRandom, serverRandom);
    if (withContext) {
      byte[] size = new PacketWriter(2).u16(context.length).toByteArray();
      seed = concat(seed, concat(size, context));
    }
    return prf(suite.hash(), masterSecret, label, seed, length);
  }

  /// The master secret, for the key log only.
  byte[] masterSecret() {
    return masterSecret;
  }

  /// `PRF(secret, label, seed) = P_hash(secret, label + seed)`, RFC 5246 §5.
  static byte[] prf(String hash, byte[] secret, String label, byte[] seed, int length) {
    String algorithm = "HmacSHA" + hash.substring("SHA-".length());
    byte[] labelAndSeed = concat(label.getBytes(StandardCharsets.US_ASCII), seed);
    try {
      Mac hmac = Mac.getInstance(algorithm);
      hmac.init(new SecretKeySpec(secret, algorithm));
      byte[] output = new byte[length];
      byte[] a = labelAndSeed;
      for (int filled = 0; filled < length; ) {
        a = hmac.doFinal(a);
        hmac.update(a);
        byte[] block = hmac.doFinal(labelAndSeed);
        int take = Math.min(block.length, length - filled);
        System.arraycopy(block, 0, output, filled, take);
        filled += take;
      }
      return output;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot compute the pseudorandom function", e);
    }
  }

  static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
