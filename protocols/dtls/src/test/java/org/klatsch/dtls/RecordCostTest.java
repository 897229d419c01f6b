package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransmitBuffer;

/// What a record costs beyond the JDK's cipher. Times are CPU time of the thread, so that other
/// programs count little.
class RecordCostTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// The cipher alone, used as we use it.
  private static final class BareCipher {
    private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    private final byte[] nonce = new byte[12];
    private final byte[] additionalData = new byte[13];
    private final Cipher cipher;
    private final int mode;
    private long counter;

    BareCipher(int mode) throws Exception {
      this.mode = mode;
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    int run(byte[] in, int length, byte[] out) throws Exception {
      if (mode == Cipher.ENCRYPT_MODE) {
        counter++;
        for (int i = 0; i < 8; i++) {
          nonce[4 + i] = (byte) (counter >>> 8 * i);
        }
      }
      cipher.init(mode, key, new GCMParameterSpec(128, nonce));
      cipher.updateAAD(additionalData);
      return cipher.doFinal(in, 0, length, out, 0);
    }
  }

  private interface Operation {
    void run() throws Exception;
  }

  private static long allocated(int times, Operation operation) throws Exception {
    long id = Thread.currentThread().threadId();
    long before = THREADS.getThreadAllocatedBytes(id);
    for (int i = 0; i < times; i++) {
      operation.run();
    }
    return (THREADS.getThreadAllocatedBytes(id) - before) / times;
  }

  @Test
  void aRecordAllocatesNoMoreThanTheCipherItself() throws Exception {
    byte[] data = new byte[1200];
    TestPair pair =
        new TestPair(
                TestPair.clientOptions()
                    .cipherSuites(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
                TestPair.serverOptions())
            .connect();
    TransmitBuffer out = new TransmitBuffer(1, 2_000);
    ApplicationDataSink sink = (now, array, offset, length) -> {};
    BareCipher encrypting = new BareCipher(Cipher.ENCRYPT_MODE);
    byte[] sealed = new byte[1_300];
    int times = 2_000;
    Operation both =
        () -> {
          out.clear();
          pair.client.connection.protect(data, 0, data.length, out);
          pair.server.connection.handlePacket(0, out.array(), 0, out.packetLength(0), sink);
        };
    BareCipher decrypting = new BareCipher(Cipher.DECRYPT_MODE);
    Operation bare =
        () -> {
          int length = encrypting.run(data, data.length, sealed);
          System.arraycopy(encrypting.nonce, 0, decrypting.nonce, 0, 12);
          decrypting.run(sealed, length, sealed);
        };
    allocated(times, both);
    allocated(times, bare);
    long ours = allocated(times, both);
    long cipher = allocated(times, bare);
    // Small objects, such as the parameters with their copy of the nonce, may or may not be left
    // out
    // by the compiler; a copy of the record cannot hide below this.
    assertThat(ours).isLessThan(cipher + data.length / 2);
    assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
  }

  @Test
  @Tag("long")
  void aRecordTakesLittleLongerThanTheCipherItself() throws Exception {
    for (int size : new int[] {1_200, 16_384}) {
      TestPair pair = new TestPair().connect();
      byte[] data = new byte[size];
      TransmitBuffer out = new TransmitBuffer(1, 17_000);
      ApplicationDataSink sink = (now, array, offset, length) -> {};
      byte[] sealed = new byte[17_000];
      BareCipher encrypting = new BareCipher(Cipher.ENCRYPT_MODE);
      BareCipher decrypting = new BareCipher(Cipher.DECRYPT_MODE);
      byte[][] packets = new byte[2_000][];
      double protect = Double.MAX_VALUE;
      double unprotect = Double.MAX_VALUE;
      double encrypt = Double.MAX_VALUE;
      double decrypt = Double.MAX_VALUE;
      int[] at = {0};
      for (int round = 0; round < 40; round++) {
        protect =
            Math.min(
                protect,
                nanos(
                    packets.length,
                    () -> {
                      out.clear();
                      pair.client.connection.protect(data, 0, size, out);
                    }));
        encrypt =
            Math.min(encrypt, nanos(packets.length, () -> encrypting.run(data, size, sealed)));
        for (int i = 0; i < packets.length; i++) {
          pair.client.send(data);
          packets[i] = pair.client.sent.remove();
        }
        at[0] = 0;
        unprotect =
            Math.min(
                unprotect,
                nanos(
                    packets.length,
                    () -> {
                      byte[] packet = packets[at[0]++];
                      pair.server.connection.handlePacket(0, packet, 0, packet.length, sink);
                    }));
        byte[] opened = new byte[size + 16];
        for (int i = 0; i < packets.length; i++) {
          int length = encrypting.run(data, size, sealed);
          packets[i] = java.util.Arrays.copyOf(sealed, length + 12);
          System.arraycopy(encrypting.nonce, 0, packets[i], length, 12);
        }
        at[0] = 0;
        decrypt =
            Math.min(
                decrypt,
                nanos(
                    packets.length,
                    () -> {
                      byte[] packet = packets[at[0]++];
                      int length = packet.length - 12;
                      System.arraycopy(packet, length, decrypting.nonce, 0, 12);
                      decrypting.run(packet, length, opened);
                    }));
      }
      System.out.printf(
          Locale.ROOT,
          "%d bytes: protect %.0f ns, bare cipher %.0f; unprotect %.0f ns, bare cipher %.0f%n",
          size,
          protect,
          encrypt,
          unprotect,
          decrypt);
      assertThat(protect).isLessThan(1.5 * encrypt + 200);
      assertThat(unprotect).isLessThan(1.5 * decrypt + 200);
      assertThat(pair.server.connection.statistics().droppedInAll()).isZero();
    }
  }

  @Test
  @Tag("long")
  void aHandshakeTakesLittleLongerThanItsKeyAgreementAndSignatures() throws Exception {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      best = Math.min(best, nanosOfHandshakes(100));
    }
    double primitives = Double.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      primitives = Math.min(primitives, nanos(100, RecordCostTest::primitivesOfOneHandshake));
    }
    System.out.printf(
        Locale.ROOT,
        "handshake, both ends: %.0f µs, of which key agreement and signatures %.0f%n",
        best / 1_000,
        primitives / 1_000);
    assertThat(best).isLessThan(2 * primitives);
  }

  /// What cannot be saved: two key pairs, two agreements, two signatures made and verified.
  private static void primitivesOfOneHandshake() throws Exception {
    TestRandom random = new TestRandom(1);
    DtlsCertificate own = TestCertificates.client(KeyType.ECDSA_P256);
    SignatureScheme scheme = SignatureScheme.ECDSA_SECP256R1_SHA256;
    EphemeralKey client = EphemeralKey.generate(NamedGroup.X25519, random);
    EphemeralKey server = EphemeralKey.generate(NamedGroup.X25519, random);
    client.agree(server.publicKey());
    server.agree(client.publicKey());
    for (int i = 0; i < 2; i++) {
      byte[] signed = Signatures.sign(scheme, own.privateKey(), random, new byte[100]);
      Signatures.verify(scheme, own.certificate().getPublicKey(), signed, new byte[100]);
    }
  }

  private static double nanosOfHandshakes(int times) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      TestPair pair = new TestPair().connect();
      assertThat(pair.client.connection.isConnected()).isTrue();
    }
    return (double) (THREADS.getCurrentThreadCpuTime() - start) / times;
  }

  private static double nanos(int times, Operation operation) throws Exception {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      operation.run();
    }
    return (double) (THREADS.getCurrentThreadCpuTime() - start) / times;
  }
}
