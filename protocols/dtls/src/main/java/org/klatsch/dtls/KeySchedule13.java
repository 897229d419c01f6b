package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/// The key schedule of (D)TLS 1.3 without early data, RFC 8446 §7.1 with the labels of RFC 9147
/// §5.9: handshake secrets when key shares are agreed, application secrets and the exporter with
/// the server's Finished.
///
/// Traffic secrets are replaced in [#update]; everything else does not change.
final class KeySchedule13 implements Exporter {
  private static final byte[] NONE = {};

  private final CipherSuite suite;
  private final Hkdf hkdf;
  private final byte[] clientHandshake;
  private final byte[] serverHandshake;
  private final byte[] master;
  private byte @Nullable [] clientApplication;
  private byte @Nullable [] serverApplication;
  private byte @Nullable [] exporterMaster;

  /// @param agreed the secret of the key exchange
  /// @param helloHash of all messages up to and including ServerHello
  KeySchedule13(CipherSuite suite, byte[] agreed, byte[] helloHash) {
    this(suite, new Hkdf(suite.hash()), agreed, helloHash);
  }

  KeySchedule13(CipherSuite suite, Hkdf hkdf, byte[] agreed, byte[] helloHash) {
    this.suite = suite;
    this.hkdf = hkdf;
    byte[] zeros = new byte[hkdf.length()];
    byte[] early = hkdf.extract(zeros, zeros);
    byte[] handshake = hkdf.extract(derived(early), agreed);
    this.clientHandshake = hkdf.deriveSecret(handshake, "c hs traffic", helloHash);
    this.serverHandshake = hkdf.deriveSecret(handshake, "s hs traffic", helloHash);
    this.master = hkdf.extract(derived(handshake), zeros);
  }

  private byte[] derived(byte[] secret) {
    return hkdf.deriveSecret(secret, "derived", hkdf.hash(NONE));
  }

  /// Makes the application secrets.
  ///
  /// @param finishedHash of all messages up to and including the server's Finished
  void deriveApplicationSecrets(byte[] finishedHash) {
    clientApplication = hkdf.deriveSecret(master, "c ap traffic", finishedHash);
    serverApplication = hkdf.deriveSecret(master, "s ap traffic", finishedHash);
    exporterMaster = hkdf.deriveSecret(master, "exp master", finishedHash);
  }

  byte[] handshakeSecret(DtlsRole writer) {
    return writer == DtlsRole.CLIENT ? clientHandshake : serverHandshake;
  }

  byte[] applicationSecret(DtlsRole writer) {
    return required(writer == DtlsRole.CLIENT ? clientApplication : serverApplication);
  }

  byte[] exporterMasterSecret() {
    return required(exporterMaster);
  }

  /// Replaces the application secret of one direction by the next one, RFC 8446 §7.2.
  void update(DtlsRole writer) {
    byte[] next = hkdf.expandLabel(applicationSecret(writer), "traffic upd", NONE, hkdf.length());
    if (writer == DtlsRole.CLIENT) {
      clientApplication = next;
    } else {
      serverApplication = next;
    }
  }

  /// The keys with which `role` writes handshake messages, in epoch 2.
  WriteEpoch handshakeWriting(DtlsRole role) {
    return new WriteEpoch(2, protection(Cipher.ENCRYPT_MODE, handshakeSecret(role)));
  }

  /// The keys with which `role` reads handshake messages, in epoch 2.
  ReadEpoch handshakeReading(DtlsRole role) {
    return new ReadEpoch(2, protection(Cipher.DECRYPT_MODE, handshakeSecret(role.opposite())));
  }

  /// The keys of the present application secret with which `role` writes.
  WriteEpoch applicationWriting(DtlsRole role, int epoch) {
    return new WriteEpoch(epoch, protection(Cipher.ENCRYPT_MODE, applicationSecret(role)));
  }

  /// The keys of the present application secret with which `role` reads.
  ReadEpoch applicationReading(DtlsRole role, int epoch) {
    return new ReadEpoch(
        epoch, protection(Cipher.DECRYPT_MODE, applicationSecret(role.opposite())));
  }

  /// RFC 8446 §7.3, and the key for sequence numbers of RFC 9147 §4.2.3.
  private UnifiedProtection protection(int mode, byte[] trafficSecret) {
    int keyLength = suite.aead().keyLength();
    try {
      return new UnifiedProtection(
          suite.aead(),
          mode,
          hkdf.expandLabel(trafficSecret, "key", NONE, keyLength),
          hkdf.expandLabel(trafficSecret, "iv", NONE, Aead.NONCE_LENGTH),
          hkdf.expandLabel(trafficSecret, "sn", NONE, keyLength));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + suite.aead(), e);
    }
  }

  /// `verify_data` of a Finished message, RFC 8446 §4.4.4.
  ///
  /// @param sender whose message
  /// @param transcriptHash of all messages before that one
  byte[] verifyData(DtlsRole sender, byte[] transcriptHash) {
    byte[] key = hkdf.expandLabel(handshakeSecret(sender), "finished", NONE, hkdf.length());
    return hkdf.hmac(key, transcriptHash);
  }

  /// RFC 8446 §7.5, where no context and an empty one are the same.
  @Override
  public byte[] export(String label, byte[] context, boolean withContext, int length) {
    byte[] secret = hkdf.deriveSecret(exporterMasterSecret(), label, hkdf.hash(NONE));
    return hkdf.expandLabel(secret, "exporter", hkdf.hash(context), length);
  }

  private static byte[] required(byte @Nullable [] secret) {
    if (secret == null) {
      throw new IllegalStateException("application secrets are not derived yet");
    }
    return secret;
  }
}
