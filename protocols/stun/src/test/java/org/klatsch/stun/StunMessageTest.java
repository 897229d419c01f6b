package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sansio.TransportAddress;

class StunMessageTest {
  private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090a0b0cL);
  private static final byte[] KEY = "secret".getBytes(StandardCharsets.US_ASCII);

  private static StunMessageWriter request() {
    return new StunMessageWriter()
        .start(new byte[2000], 0, 2000, StunClass.REQUEST, StunMethod.BINDING, ID);
  }

  private static StunMessage parse(StunMessageWriter writer) throws MalformedStunException {
    byte[] bytes = writer.toByteArray();
    return StunMessage.parse(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @EnumSource
  void classAndMethodSurviveTheirInterleaving(StunClass messageClass) {
    for (int method = 0; method <= 0xfff; method++) {
      int type = messageClass.type(method);
      assertThat(type >>> 14).isZero();
      assertThat(StunClass.ofType(type)).isEqualTo(messageClass);
      assertThat(StunClass.methodOf(type)).isEqualTo(method);
    }
  }

  @Test
  void typesOfBindingAreThoseOfTheRfc() {
    assertThat(StunClass.REQUEST.type(1)).isEqualTo(0x0001);
    assertThat(StunClass.INDICATION.type(1)).isEqualTo(0x0011);
    assertThat(StunClass.SUCCESS_RESPONSE.type(1)).isEqualTo(0x0101);
    assertThat(StunClass.ERROR_RESPONSE.type(1)).isEqualTo(0x0111);
  }

  @Test
  void everyKindOfAttributeRoundTrips() throws Exception {
    TransportAddress ipv4 = TransportAddress.parse("198.51.100.7", 4711);
    TransportAddress ipv6 = TransportAddress.parse("2001:db8::7", 65535);
    List<StunAttribute> attributes =
        List.of(
            new StunAttribute.PlainAddress(StunAttributeType.MAPPED_ADDRESS, ipv4),
            new StunAttribute.PlainAddress(StunAttributeType.OTHER_ADDRESS, ipv6),
            new StunAttribute.XorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, ipv6),
            new StunAttribute.Text(StunAttributeType.USERNAME, "für:dich"),
            new StunAttribute.ErrorCode(420, "Unknown Attribute"),
            new StunAttribute.UnknownAttributes(List.of(0x7001, 0x7002, 0x7003)),
            new StunAttribute.Unsigned32(StunAttributeType.PRIORITY, 0xffffffffL),
            new StunAttribute.Bits64(StunAttributeType.ICE_CONTROLLING, -2),
            new StunAttribute.Flag(StunAttributeType.USE_CANDIDATE));
    assertThat(parse(request().add(attributes)).attributes()).isEqualTo(attributes);
  }

  @Test
  void passwordAlgorithmsRoundTripWithTheirParameters() throws Exception {
    StunMessage message =
        parse(
            request()
                .add(
                    new StunAttribute.PasswordAlgorithms(
                        List.of(
                            new StunAttribute.Algorithm(77, new byte[] {1, 2, 3}),
                            new StunAttribute.Algorithm(2, new byte[0])))));
    StunAttribute.PasswordAlgorithms read =
        (StunAttribute.PasswordAlgorithms) message.attributes().getFirst();
    assertThat(read.algorithms().get(0).parameters()).containsExactly(1, 2, 3);
    assertThat(read.algorithms().get(0).known()).isNull();
    assertThat(read.algorithms().get(1).known()).isEqualTo(PasswordAlgorithm.SHA256);
  }

  @Test
  void attributesBehindIntegrityDoNotExist() throws Exception {
    MessageIntegrity sha1 = MessageIntegrity.sha1(KEY);
    MessageIntegrity sha256 = MessageIntegrity.sha256(KEY);
    StunMessage message =
        parse(
            request()
                .u32(StunAttributeType.PRIORITY, 5)
                .integrity(sha1)
                .flag(StunAttributeType.USE_CANDIDATE)
                .integrity(sha256)
                .flag(StunAttributeType.USE_CANDIDATE)
                .fingerprint());
    assertThat(message.has(StunAttributeType.USE_CANDIDATE)).isFalse();
    assertThat(message.u32(StunAttributeType.PRIORITY)).isEqualTo(5);
    assertThat(sha1.matches(message)).isTrue();
    assertThat(sha256.matches(message)).isTrue();
    assertThat(Fingerprint.matches(message)).isTrue();
    assertThat(message.attributes()).hasSize(4);
  }

  @Test
  void onlyTheFirstOfSeveralAttributesCounts() throws Exception {
    StunMessage message =
        parse(
            request()
                .u32(StunAttributeType.PRIORITY, 1)
                .u32(StunAttributeType.PRIORITY, 2)
                .integrity(MessageIntegrity.sha1(KEY))
                .integrity(MessageIntegrity.sha1("other".getBytes(StandardCharsets.US_ASCII))));
    assertThat(message.u32(StunAttributeType.PRIORITY)).isEqualTo(1);
    assertThat(MessageIntegrity.sha1(KEY).matches(message)).isTrue();
  }

  @Test
  void truncatedSha256NeedsAUsageThatAllowsIt() throws Exception {
    StunMessage message = parse(request().integrity(MessageIntegrity.sha256(KEY, 16)));
    assertThat(MessageIntegrity.sha256(KEY).matches(message)).isFalse();
    assertThat(MessageIntegrity.sha256(KEY, 20).matches(message)).isFalse();
    assertThat(MessageIntegrity.sha256(KEY, 16).matches(message)).isTrue();
  }

  @Test
  void sha256LongerOrShorterThanAllowedIsRefused() throws Exception {
    for (int length : new int[] {0, 4, 12, 18, 36}) {
      StunMessage message =
          parse(request().bytes(StunAttributeType.MESSAGE_INTEGRITY_SHA256, new byte[length]));
      assertThat(MessageIntegrity.sha256(KEY, 16).matches(message)).isFalse();
    }
  }

  @Test
  void unknownRequiredAttributesAreListedAndOptionalOnesAreNot() throws Exception {
    StunMessage message =
        parse(
            request()
                .flag(0x7123)
                .flag(0x9123)
                .u32(StunAttributeType.PRIORITY, 1)
                .flag(0x0777)
                .integrity(MessageIntegrity.sha1(KEY))
                .flag(0x0778));
    assertThat(message.unknownRequired(StunAttributeType.PRIORITY)).containsExactly(0x7123, 0x0777);
  }

  @Test
  void refusesWhatIsNoStunMessage() {
    byte[] good = request().u32(StunAttributeType.PRIORITY, 1).toByteArray();
    assertMalformed(good, 19, "20 bytes");
    assertMalformed(good, 24, "length field 8");
    assertMalformed(with(good, 0, 0x40), 28, "two bits");
    assertMalformed(with(good, 5, 0), 28, "magic cookie");
    assertMalformed(with(good, 3, 9), 28, "length field 9");
    assertMalformed(with(good, 23, 5), 28, "attribute 0x24 reaches beyond");
  }

  @Test
  void fingerprintMustBeLast() {
    byte[] bytes = request().fingerprint().flag(0x9000).toByteArray();
    assertMalformed(bytes, bytes.length, "FINGERPRINT is not the last");
  }

  @Test
  void looksLikeStunToldApartFromOtherProtocols() {
    byte[] stun = request().fingerprint().toByteArray();
    assertThat(StunMessage.looksLikeStun(stun, 0, stun.length)).isTrue();
    assertThat(StunMessage.looksLikeStun(stun, 0, stun.length - 1)).isFalse();
    assertThat(StunMessage.looksLikeStun(with(stun, 0, 0x80), 0, stun.length)).isFalse();
    byte[] dtls = with(with(new byte[40], 0, 22), 1, 0xfe);
    assertThat(StunMessage.looksLikeStun(dtls, 0, dtls.length)).isFalse();
  }

  @Test
  void aWrongLengthOfATypedAttributeIsReported() throws Exception {
    StunMessage message =
        parse(
            request()
                .bytes(StunAttributeType.PRIORITY, new byte[3])
                .bytes(StunAttributeType.XOR_MAPPED_ADDRESS, new byte[] {0, 3, 0, 0, 1, 2, 3, 4})
                .bytes(StunAttributeType.ERROR_CODE, new byte[] {0, 0, 2, 0}));
    assertThatThrownBy(() -> message.u32(StunAttributeType.PRIORITY))
        .isInstanceOf(MalformedStunException.class)
        .hasMessageContaining("has 3 bytes, not 4");
    assertThatThrownBy(() -> message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS))
        .isInstanceOf(MalformedStunException.class)
        .hasMessageContaining("family 3");
    assertThatThrownBy(message::errorCode).isInstanceOf(MalformedStunException.class);
    assertThatThrownBy(message::attributes).isInstanceOf(MalformedStunException.class);
  }

  @Test
  void arbitraryBytesOnlyRaiseTheModulesException() {
    int accepted = 0;
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      Random random = new Random(seed);
      for (int i = 0; i < 200; i++) {
        byte[] bytes = Rfc5769Test.REQUEST.clone();
        for (int j = random.nextInt(6); j >= 0; j--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
          StunMessage message = StunMessage.parse(bytes, 0, bytes.length);
          accepted++;
          Fingerprint.matches(message);
          MessageIntegrity.sha1(KEY).matches(message);
          message.attributes();
        } catch (MalformedStunException expected) {
          assertThat(expected.getMessage()).as("seed %d", seed).isNotEmpty();
        }
      }
    }
    assertThat(accepted).isPositive();
  }

  @Test
  void randomMessagesRoundTrip() throws Exception {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      Random random = new Random(seed);
      List<StunAttribute> attributes = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        byte[] value = new byte[random.nextInt(40)];
        random.nextBytes(value);
        attributes.add(new StunAttribute.Opaque(0xa000 + i, value));
      }
      StunMessage message = parse(request().add(attributes).fingerprint());
      assertThat(Fingerprint.matches(message)).as("seed %d", seed).isTrue();
      assertThat(message.attributes().subList(0, attributes.size()))
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .isEqualTo(attributes);
    }
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }

  private static void assertMalformed(byte[] bytes, int length, String reason) {
    assertThatThrownBy(() -> StunMessage.parse(bytes, 0, length))
        .isInstanceOf(MalformedStunException.class)
        .hasMessageContaining(reason);
  }
}
