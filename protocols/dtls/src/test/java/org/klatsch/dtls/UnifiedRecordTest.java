package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Records of version 1.3 by themselves.
class UnifiedRecordTest {
  private static UnifiedProtection protection(Aead aead, int mode) throws Exception {
    byte[] key = new byte[aead.keyLength()];
    byte[] iv = new byte[Aead.NONCE_LENGTH];
    byte[] number = new byte[aead.keyLength()];
    new Random(5).nextBytes(key);
    new Random(6).nextBytes(iv);
    new Random(7).nextBytes(number);
    return new UnifiedProtection(aead, mode, key, iv, number);
  }

  @ParameterizedTest
  @EnumSource(Aead.class)
  void opensWhatItSealed(Aead aead) throws Exception {
    UnifiedProtection writing = protection(aead, Cipher.ENCRYPT_MODE);
    UnifiedProtection reading = protection(aead, Cipher.DECRYPT_MODE);
    byte[] out = new byte[20_000];
    byte[] plain = new byte[20_000];
    Random random = new Random(1);
    long sequence = 0xfff0;
    for (int size : new int[] {0, 1, 15, 16, 17, 1200, 16_384}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      sequence += 5;
      int length = writing.seal(23, 7, sequence, content, 0, size, out, 3);
      assertThat(length).isEqualTo(size + writing.overhead());
      assertThat(out[3] & 0xff).isEqualTo(0x2c | 3);
      assertThat(reading.revealNumber(out, 3)).isEqualTo((int) sequence & 0xffff);
      int opened = reading.open(sequence, out, 3, length, plain);
      assertThat(opened).isEqualTo(size + 1);
      assertThat(Arrays.copyOf(plain, size)).isEqualTo(content);
      assertThat(plain[size]).isEqualTo((byte) 23);
      out[3 + length - 1] ^= 1;
      reading.revealNumber(out, 3);
      assertThat(reading.open(sequence, out, 3, length, plain)).isNegative();
    }
  }

  @Test
  void hidesTheSequenceNumber() throws Exception {
    UnifiedProtection writing = protection(Aead.AES_128_GCM, Cipher.ENCRYPT_MODE);
    byte[] first = new byte[100];
    byte[] second = new byte[100];
    writing.seal(23, 3, 0, new byte[20], 0, 20, first, 0);
    writing.seal(23, 3, 1, new byte[20], 0, 20, second, 0);
    assertThat(List.of(first[1], first[2], second[1], second[2]))
        .isNotEqualTo(List.of((byte) 0, (byte) 0, (byte) 0, (byte) 1));
  }

  @Test
  void findsTheNumberClosestToTheOneExpected() {
    ReadEpoch epoch = new ReadEpoch(3, new PlaintextProtection());
    assertThat(epoch.reconstruct(0, 16)).isZero();
    assertThat(epoch.reconstruct(0xffff, 16)).isEqualTo(0xffff);
    epoch.received().mark(0x1fffe);
    assertThat(epoch.reconstruct(0xffff, 16)).isEqualTo(0x1ffff);
    assertThat(epoch.reconstruct(0, 16)).isEqualTo(0x20000);
    assertThat(epoch.reconstruct(5, 16)).isEqualTo(0x20005);
    assertThat(epoch.reconstruct(0xfff0, 16)).isEqualTo(0x1fff0);
    assertThat(epoch.reconstruct(0x01, 8)).isEqualTo(0x20001);
    assertThat(epoch.reconstruct(0xf0, 8)).isEqualTo(0x1fff0);
  }

  @Test
  void everyNumberNearTheExpectedOneIsFoundAgain() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      ReadEpoch epoch = new ReadEpoch(3, new PlaintextProtection());
      long highest = random.nextLong(RecordHeader.MAX_SEQUENCE - 40_000);
      epoch.received().mark(highest);
      for (int bits : new int[] {8, 16}) {
        long reach = 1L << (bits - 1);
        long sequence = Math.max(0, highest + 1 + random.nextLong(2 * reach) - reach + 1);
        int low = (int) (sequence & ((1L << bits) - 1));
        assertThat(epoch.reconstruct(low, bits)).as("seed %d", seed).isEqualTo(sequence);
      }
    }
  }

  @Test
  void readsTheShortFormsOfTheHeader() throws Exception {
    TestPair pair = new TestPair(TestPair.newClient(), TestPair.newServer()).connect();
    // The peer's writing side by hand: 8 bits of number and no length.
    byte[] content = {1, 2, 3};
    pair.client.send(content);
    TestEnd.exchange(0, pair.client, pair.server);
    assertThat(pair.server.received).containsExactly(content);
    byte[] shortHeader = new byte[] {0x23, 0};
    pair.server.receive(0, shortHeader);
    pair.server.receive(0, Arrays.copyOf(shortHeader, 30));
    DtlsStatistics statistics = pair.server.connection.statistics();
    assertThat(statistics.dropped(DropReason.TRUNCATED_RECORD)).isEqualTo(1);
    assertThat(
            statistics.dropped(DropReason.BAD_RECORD_MAC) + statistics.dropped(DropReason.REPLAYED))
        .isEqualTo(1);
    pair.server.receive(0, new byte[] {0x33, 0, 0, 0, 0});
    assertThat(statistics.dropped(DropReason.UNKNOWN_CONNECTION_ID)).isEqualTo(1);
  }

  @Test
  void opensARecordWithAShortHeader() throws Exception {
    Aead aead = Aead.AES_128_GCM;
    byte[] key = new byte[16];
    byte[] iv = new byte[12];
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new javax.crypto.spec.SecretKeySpec(key, "AES"),
        new javax.crypto.spec.GCMParameterSpec(128, iv));
    byte[] header = {0x22, 0};
    cipher.updateAAD(header);
    byte[] sealed = cipher.doFinal(new byte[] {9, 8, 22, 0, 0, 0});
    byte[] record = KeySchedule12.concat(header, sealed);
    record[1] ^= new RecordNumberMask(aead, key).of(sealed, 0)[0];
    UnifiedProtection reading = new UnifiedProtection(aead, Cipher.DECRYPT_MODE, key, iv, key);
    assertThat(reading.revealNumber(record, 0)).isZero();
    byte[] plain = new byte[100];
    assertThat(reading.open(0, record, 0, record.length, plain)).isEqualTo(6);
    assertThat(Arrays.copyOf(plain, 6)).containsExactly(9, 8, 22, 0, 0, 0);
  }
}
