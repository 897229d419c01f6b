package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.testkit.Seeds;

class SrtpContextTest {
  private static final int SSRC = 0x12345678;

  private static byte[] key(int length, int first) {
    byte[] key = new byte[length];
    for (int i = 0; i < length; i++) {
      key[i] = (byte) (first + 7 * i);
    }
    return key;
  }

  static SrtpContext sender(SrtpSuite suite, SrtpOptions options) {
    return SrtpContext.outbound(
        suite, key(suite.keyLength(), 1), key(suite.saltLength(), 2), options);
  }

  static SrtpContext receiver(SrtpSuite suite, SrtpOptions options) {
    return SrtpContext.inbound(
        suite, key(suite.keyLength(), 1), key(suite.saltLength(), 2), options);
  }

  /// A packet of 20 bytes of payload that tell its number.
  static byte[] rtp(int ssrc, long number) {
    byte[] packet = new byte[32];
    packet[0] = (byte) 0x80;
    packet[1] = 111;
    Wire.u16(packet, 2, (int) number);
    Wire.i32(packet, 8, ssrc);
    Wire.i32(packet, 12, (int) (number >>> 32));
    Wire.i32(packet, 16, (int) number);
    return packet;
  }

  static byte[] rtcp(int ssrc) {
    byte[] packet = new byte[28];
    packet[0] = (byte) 0x80;
    packet[1] = (byte) 200;
    packet[3] = 6;
    Wire.i32(packet, 4, ssrc);
    return packet;
  }

  static byte[] protect(SrtpContext sender, byte[] packet) throws SrtpException {
    byte[] buffer = Arrays.copyOf(packet, packet.length + 40);
    return Arrays.copyOf(buffer, sender.protectRtp(buffer, 0, packet.length));
  }

  static byte[] protectRtcp(SrtpContext sender, byte[] packet) throws SrtpException {
    byte[] buffer = Arrays.copyOf(packet, packet.length + 40);
    return Arrays.copyOf(buffer, sender.protectRtcp(buffer, 0, packet.length));
  }

  static byte[] unprotect(SrtpContext receiver, byte[] packet) throws SrtpException {
    byte[] buffer = packet.clone();
    return Arrays.copyOf(buffer, receiver.unprotectRtp(buffer, 0, packet.length));
  }

  static byte[] unprotectRtcp(SrtpContext receiver, byte[] packet) throws SrtpException {
    byte[] buffer = packet.clone();
    return Arrays.copyOf(buffer, receiver.unprotectRtcp(buffer, 0, packet.length));
  }

  private interface Operation {
    void run() throws SrtpException;
  }

  private static SrtpDropReason refused(Operation operation) {
    try {
      operation.run();
    } catch (SrtpException e) {
      assertThat(e.getMessage()).isEqualTo(e.reason().name());
      return e.reason();
    }
    throw new AssertionError("not refused");
  }

  @ParameterizedTest
  @EnumSource
  void makesPacketsLongerByWhatTheSuiteSays(SrtpSuite suite) throws SrtpException {
    SrtpContext sender = sender(suite, SrtpOptions.DEFAULT);
    assertThat(protect(sender, rtp(SSRC, 1))).hasSize(32 + suite.rtpOverhead());
    assertThat(protectRtcp(sender, rtcp(SSRC))).hasSize(28 + suite.rtcpOverhead());
    assertThat(sender.rtpOverhead()).isEqualTo(suite.rtpOverhead());
    assertThat(sender.rtcpOverhead()).isEqualTo(suite.rtcpOverhead());
  }

  @ParameterizedTest
  @EnumSource
  void refusesReplayedPackets(SrtpSuite suite) throws SrtpException {
    SrtpContext sender = sender(suite, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
    byte[] first = protect(sender, rtp(SSRC, 100));
    byte[] second = protect(sender, rtp(SSRC, 101));
    byte[] report = protectRtcp(sender, rtcp(SSRC));
    assertThat(unprotect(receiver, second)).isEqualTo(rtp(SSRC, 101));
    assertThat(unprotect(receiver, first)).isEqualTo(rtp(SSRC, 100));
    assertThat(unprotectRtcp(receiver, report)).isEqualTo(rtcp(SSRC));
    assertThat(refused(() -> unprotect(receiver, first))).isEqualTo(SrtpDropReason.REPLAYED);
    assertThat(refused(() -> unprotect(receiver, second))).isEqualTo(SrtpDropReason.REPLAYED);
    assertThat(refused(() -> unprotectRtcp(receiver, report))).isEqualTo(SrtpDropReason.REPLAYED);
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryChangedBit(SrtpSuite suite) throws SrtpException {
    SrtpContext sender = sender(suite, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
    unprotect(receiver, protect(sender, rtp(SSRC, 1)));
    byte[] packet = protect(sender, rtp(SSRC, 2));
    byte[] report = protectRtcp(sender, rtcp(SSRC));
    for (int bit = 0; bit < 8 * packet.length; bit++) {
      byte[] changed = packet.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(refused(() -> unprotect(receiver, changed)))
          .as("bit %d", bit)
          .isIn(
              SrtpDropReason.MALFORMED,
              SrtpDropReason.AUTHENTICATION_FAILED,
              // The number of the first packet, and numbers before it.
              SrtpDropReason.REPLAYED,
              SrtpDropReason.TOO_OLD);
    }
    for (int bit = 0; bit < 8 * report.length; bit++) {
      byte[] changed = report.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(refused(() -> unprotectRtcp(receiver, changed)))
          .as("bit %d", bit)
          .isIn(SrtpDropReason.MALFORMED, SrtpDropReason.AUTHENTICATION_FAILED);
    }
    // Forged packets leave no trace.
    assertThat(receiver.streams()).isEqualTo(1);
    assertThat(unprotect(receiver, packet)).isEqualTo(rtp(SSRC, 2));
    assertThat(unprotectRtcp(receiver, report)).isEqualTo(rtcp(SSRC));
  }

  @ParameterizedTest
  @EnumSource
  void takesNoPacketOfAnotherKey(SrtpSuite suite) throws SrtpException {
    SrtpContext stranger =
        SrtpContext.outbound(
            suite, key(suite.keyLength(), 9), key(suite.saltLength(), 2), SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
    assertThat(refused(() -> unprotect(receiver, protect(stranger, rtp(SSRC, 1)))))
        .isEqualTo(SrtpDropReason.AUTHENTICATION_FAILED);
    assertThat(refused(() -> unprotectRtcp(receiver, protectRtcp(stranger, rtcp(SSRC)))))
        .isEqualTo(SrtpDropReason.AUTHENTICATION_FAILED);
    assertThat(receiver.streams()).isZero();
  }

  @Test
  void refusesPacketsBehindTheWindow() throws SrtpException {
    SrtpOptions options = SrtpOptions.DEFAULT.withReplayWindow(64);
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, options);
    SrtpContext receiver = receiver(SrtpSuite.AEAD_AES_128_GCM, options);
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      packets.add(protect(sender, rtp(SSRC, 1_000 + i)));
    }
    unprotect(receiver, packets.get(199));
    unprotect(receiver, packets.get(199 - 63));
    assertThat(refused(() -> unprotect(receiver, packets.get(199 - 64))))
        .isEqualTo(SrtpDropReason.TOO_OLD);
  }

  @Test
  void refusesPacketsFromBeforeTheFirstRollover() throws SrtpException {
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    protect(sender, rtp(SSRC, 3));
    assertThat(refused(() -> protect(sender, rtp(SSRC, 65_534)))).isEqualTo(SrtpDropReason.TOO_OLD);
  }

  @Test
  void protectsNoSequenceNumberTwice() throws SrtpException {
    SrtpContext sender = sender(SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpOptions.DEFAULT);
    protect(sender, rtp(SSRC, 5));
    protect(sender, rtp(SSRC, 7));
    protect(sender, rtp(SSRC, 6));
    assertThat(refused(() -> protect(sender, rtp(SSRC, 5)))).isEqualTo(SrtpDropReason.REPLAYED);
  }

  @ParameterizedTest
  @EnumSource
  void repeatsPayloadsWhereThatRevealsNothing(SrtpSuite suite) throws SrtpException {
    SrtpOptions options = SrtpOptions.DEFAULT.withRepeatsPayloads(true);
    SrtpContext sender = sender(suite, options);
    byte[] packet = rtp(SSRC, 9);
    packet[0] |= 0x10;
    Wire.i32(packet, 12, 0xbede0001);
    byte[] first = protect(sender, packet);
    protect(sender, rtp(SSRC, 10));
    // The time of sending in the extension has changed.
    packet[17] ^= 0x55;
    if (suite.name().startsWith("AEAD")) {
      assertThat(refused(() -> protect(sender, packet))).isEqualTo(SrtpDropReason.REPLAYED);
    } else {
      byte[] second = protect(sender, packet);
      assertThat(Arrays.copyOfRange(second, 20, 32)).isEqualTo(Arrays.copyOfRange(first, 20, 32));
      SrtpContext receiver = receiver(suite, options);
      assertThat(unprotect(receiver, second)).isEqualTo(packet);
      assertThat(refused(() -> unprotect(receiver, first))).isEqualTo(SrtpDropReason.REPLAYED);
    }
    SrtpContext cryptex = sender(suite, options.withCryptex(true));
    protect(cryptex, packet);
    assertThat(refused(() -> protect(cryptex, packet))).isEqualTo(SrtpDropReason.REPLAYED);
  }

  /// Loss, duplicates and reordering over several rollovers of the sequence number.
  @Test
  void followsTheRolloverCounterThroughLossAndReordering() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      SrtpSuite suite = SrtpSuite.values()[random.nextInt(SrtpSuite.values().length)];
      SrtpContext sender = sender(suite, SrtpOptions.DEFAULT);
      SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
      long number = random.nextInt(0x8000);
      for (int burst = 0; burst < 60; burst++) {
        List<byte[]> sent = new ArrayList<>();
        List<byte[]> plain = new ArrayList<>();
        int count = 1 + random.nextInt(30);
        for (int i = 0; i < count; i++) {
          byte[] packet = rtp(SSRC, number++);
          byte[] sealed = protect(sender, packet);
          // One of each burst arrives: a gap of half of all numbers is nobody's to guess.
          if (i == 0 || random.nextInt(4) > 0) {
            plain.add(packet);
            sent.add(sealed);
          }
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
          order.add(i);
        }
        Collections.shuffle(order, random);
        for (int i : order) {
          assertThat(unprotect(receiver, sent.get(i))).isEqualTo(plain.get(i));
          assertThat(refused(() -> unprotect(receiver, sent.get(i))))
              .isEqualTo(SrtpDropReason.REPLAYED);
        }
        number += random.nextInt(20_000);
      }
      assertThat(number).isGreaterThan(1 << 17);
    });
  }

  @Test
  void keepsTheSsrcsApart() throws SrtpException {
    SrtpContext sender = sender(SrtpSuite.AES_256_CM_HMAC_SHA1_80, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(SrtpSuite.AES_256_CM_HMAC_SHA1_80, SrtpOptions.DEFAULT);
    for (int round = 0; round < 3; round++) {
      for (int ssrc = 0; ssrc < 500; ssrc++) {
        byte[] packet = rtp(ssrc * 65_537, round * 30_000L);
        assertThat(unprotect(receiver, protect(sender, packet))).isEqualTo(packet);
      }
    }
    assertThat(receiver.streams()).isEqualTo(500);
  }

  @Test
  void takesNoMoreSsrcsThanItsOptionsSay() throws SrtpException {
    SrtpOptions few = SrtpOptions.DEFAULT.withMaxStreams(3);
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(SrtpSuite.AEAD_AES_128_GCM, few);
    unprotect(receiver, protect(sender, rtp(0, 1)));
    unprotectRtcp(receiver, protectRtcp(sender, rtcp(1)));
    unprotect(receiver, protect(sender, rtp(2, 1)));
    assertThat(refused(() -> unprotect(receiver, protect(sender, rtp(3, 1)))))
        .isEqualTo(SrtpDropReason.TOO_MANY_STREAMS);
    assertThat(refused(() -> unprotectRtcp(receiver, protectRtcp(sender, rtcp(3)))))
        .isEqualTo(SrtpDropReason.TOO_MANY_STREAMS);
    assertThat(receiver.forget(3)).isFalse();
    assertThat(receiver.forget(1)).isTrue();
    unprotect(receiver, protect(sender, rtp(3, 2)));
    unprotect(receiver, protect(sender, rtp(0, 2)));
    assertThat(receiver.streams()).isEqualTo(3);
    assertThat(refused(() -> unprotect(receiver, protect(sender, rtp(1, 1)))))
        .isEqualTo(SrtpDropReason.TOO_MANY_STREAMS);

    SrtpContext small = sender(SrtpSuite.AEAD_AES_128_GCM, few);
    for (int ssrc = 0; ssrc < 3; ssrc++) {
      protect(small, rtp(ssrc, 1));
    }
    assertThat(refused(() -> protect(small, rtp(3, 1)))).isEqualTo(SrtpDropReason.TOO_MANY_STREAMS);
  }

  @ParameterizedTest
  @EnumSource
  void leavesRtcpReadableWhenAsked(SrtpSuite suite) throws SrtpException {
    SrtpContext sender = sender(suite, SrtpOptions.DEFAULT.withEncryptsRtcp(false));
    byte[] report = protectRtcp(sender, rtcp(SSRC));
    assertThat(Arrays.copyOf(report, 28)).isEqualTo(rtcp(SSRC));
    SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
    assertThat(unprotectRtcp(receiver, report)).isEqualTo(rtcp(SSRC));
    byte[] changed = protectRtcp(sender, rtcp(SSRC));
    changed[20] ^= 1;
    assertThat(refused(() -> unprotectRtcp(receiver, changed)))
        .isEqualTo(SrtpDropReason.AUTHENTICATION_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void encryptsContributingSourcesWithoutAnExtension(SrtpSuite suite) throws SrtpException {
    SrtpOptions cryptex = SrtpOptions.DEFAULT.withCryptex(true);
    byte[] packet = rtp(SSRC, 77);
    packet[0] |= 2;
    byte[] sealed = protect(sender(suite, cryptex), packet);
    assertThat(sealed).hasSize(packet.length + 4 + suite.rtpOverhead());
    assertThat(Arrays.copyOfRange(sealed, 12, 20)).isNotEqualTo(Arrays.copyOfRange(packet, 12, 20));
    byte[] opened = unprotect(receiver(suite, cryptex), sealed);
    assertThat(Hex.text(opened, 0, opened.length))
        .isEqualTo(
            Hex.text(packet, 0, 20).replaceFirst("^82", "92")
                + "bede0000"
                + Hex.text(packet, 20, 12));
  }

  @Test
  void leavesOtherExtensionsClearWithCryptex() throws SrtpException {
    SrtpOptions cryptex = SrtpOptions.DEFAULT.withCryptex(true);
    byte[] packet = rtp(SSRC, 77);
    packet[0] |= 0x10;
    Wire.i32(packet, 12, 0xabcd0001);
    byte[] sealed = protect(sender(SrtpSuite.AEAD_AES_128_GCM, cryptex), packet);
    assertThat(Arrays.copyOf(sealed, 20)).isEqualTo(Arrays.copyOf(packet, 20));
    assertThat(unprotect(receiver(SrtpSuite.AEAD_AES_128_GCM, cryptex), sealed)).isEqualTo(packet);
  }

  /// Every kind of packet, both protocols, all suites: what goes in comes out.
  @Test
  void givesBackWhatWasProtected() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      SrtpSuite suite = SrtpSuite.values()[(int) (seed % SrtpSuite.values().length)];
      SrtpOptions options =
          SrtpOptions.DEFAULT
              .withCryptex(random.nextBoolean())
              .withEncryptsRtcp(random.nextBoolean());
      SrtpContext sender = sender(suite, options);
      SrtpContext receiver = receiver(suite, options);
      for (int i = 0; i < 200; i++) {
        int offset = random.nextInt(20);
        byte[] packet = randomPacket(random, i);
        byte[] buffer = new byte[offset + packet.length + sender.rtpOverhead()];
        System.arraycopy(packet, 0, buffer, offset, packet.length);
        int length = sender.protectRtp(buffer, offset, packet.length);
        int opened = receiver.unprotectRtp(buffer, offset, length);
        String result = Hex.text(buffer, offset, opened);
        if (opened > packet.length) {
          // CSRCs without an extension: an empty one says that they were encrypted.
          int csrcEnd = 12 + Wire.csrcLength(packet, 0);
          assertThat(result.substring(2 * csrcEnd, 2 * csrcEnd + 8)).isEqualTo("bede0000");
          result = result.substring(0, 2 * csrcEnd) + result.substring(2 * csrcEnd + 8);
          assertThat(packet[0] & 0x10).isZero();
          packet[0] |= 0x10;
        }
        assertThat(result).isEqualTo(Hex.text(packet, 0, packet.length));

        byte[] report = rtcp(random.nextInt(3));
        byte[] whole = Arrays.copyOf(report, report.length + 4 * random.nextInt(300));
        byte[] sealed = Arrays.copyOf(whole, whole.length + sender.rtcpOverhead());
        sender.protectRtcp(sealed, 0, whole.length);
        receiver.unprotectRtcp(sealed, 0, sealed.length);
        assertThat(Arrays.copyOf(sealed, whole.length)).isEqualTo(whole);
      }
    });
  }

  private static byte[] randomPacket(Random random, int number) {
    int csrcs = random.nextInt(4);
    int extension = random.nextInt(3) == 0 ? random.nextInt(5) : -1;
    byte[] packet =
        new byte[12 + 4 * csrcs + (extension < 0 ? 0 : 4 + 4 * extension) + random.nextInt(3_000)];
    random.nextBytes(packet);
    packet[0] = (byte) (0x80 | csrcs | (extension < 0 ? 0 : 0x10));
    Wire.u16(packet, 2, number);
    Wire.i32(packet, 8, number % 3);
    if (extension >= 0) {
      int profile = new int[] {0xbede, 0x1000, 0x1001, 0x1234}[random.nextInt(4)];
      Wire.i32(packet, 12 + 4 * csrcs, profile << 16 | extension);
    }
    return packet;
  }

  @Test
  void refusesWhatIsNoPacket() {
    SrtpContext sender = sender(SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(SrtpSuite.AES_CM_128_HMAC_SHA1_80, SrtpOptions.DEFAULT);
    byte[] version1 = rtp(SSRC, 1);
    version1[0] = 0x40;
    byte[] longExtension = rtp(SSRC, 1);
    longExtension[0] = (byte) 0x90;
    Wire.i32(longExtension, 12, 0xbede0005);
    byte[] manyCsrcs = rtp(SSRC, 1);
    manyCsrcs[0] = (byte) 0x8f;
    for (byte[] packet : List.of(version1, longExtension, manyCsrcs, new byte[0], new byte[5])) {
      assertThat(refused(() -> protect(sender, packet))).isEqualTo(SrtpDropReason.MALFORMED);
      assertThat(refused(() -> unprotect(receiver, packet))).isEqualTo(SrtpDropReason.MALFORMED);
    }
    assertThat(refused(() -> unprotectRtcp(receiver, new byte[21])))
        .isEqualTo(SrtpDropReason.MALFORMED);
    assertThat(refused(() -> protectRtcp(sender, new byte[7]))).isEqualTo(SrtpDropReason.MALFORMED);
  }

  @Test
  void tellsCallersTheirMistakes() {
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    assertThatIllegalStateException().isThrownBy(() -> protect(receiver, rtp(SSRC, 1)));
    assertThatIllegalStateException().isThrownBy(() -> unprotect(sender, rtp(SSRC, 1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sender.protectRtp(new byte[40], 0, 25))
        .withMessage("15 bytes behind the packet, expected at least 16");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            SrtpContext.inbound(
                SrtpSuite.AEAD_AES_128_GCM, new byte[16], new byte[14], SrtpOptions.DEFAULT))
        .withMessage("master key and salt of 16 and 14 bytes, expected 16 and 12");
  }

  @Test
  void showsNoKeys() {
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    assertThat(sender).hasToString("SrtpContext[AEAD_AES_128_GCM, outbound, 0 streams]");
  }
}
