package org.klatsch.rooms.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SecretProofTest {
  private static final TransferCode CODE = new TransferCode("4711", "tango-river-maple");
  private final SecureRandom random = new SecureRandom();
  private final byte[] receiverNonce = bytes(SecretProof.NONCE_LENGTH);
  private final byte[] senderNonce = bytes(SecretProof.NONCE_LENGTH);
  private final byte[] receiverFingerprint = bytes(32);
  private final byte[] senderFingerprint = bytes(32);

  @Test
  void refusesAnotherSecret() {
    assertThat(proven(receiver(new TransferCode("4711", "tango-river-mapel")), sender(CODE)))
        .isFalse();
  }

  @Test
  void refusesAnotherId() {
    assertThat(proven(receiver(new TransferCode("4712", CODE.secret())), sender(CODE))).isFalse();
  }

  /// A server in the middle ends two DTLS connections with certificates of its own and passes on
  /// the messages.
  @Test
  void refusesAManInTheMiddleWhoPassesEverythingOn() {
    byte[] middle = bytes(32);
    SecretProof receiver =
        new SecretProof(
            SecretProof.Role.RECEIVER,
            CODE,
            receiverNonce,
            senderNonce,
            receiverFingerprint,
            middle,
            random);
    SecretProof sender =
        new SecretProof(
            SecretProof.Role.SENDER,
            CODE,
            senderNonce,
            receiverNonce,
            senderFingerprint,
            middle,
            random);
    assertThat(proven(receiver, sender)).isFalse();
  }

  @Test
  void refusesOneChangedFingerprintOnly() {
    SecretProof sender =
        new SecretProof(
            SecretProof.Role.SENDER,
            CODE,
            senderNonce,
            receiverNonce,
            senderFingerprint,
            bytes(32),
            random);
    assertThat(proven(receiver(CODE), sender)).isFalse();
  }

  @Test
  void refusesATagOfAnotherConnection() {
    SecretProof old = sender(CODE);
    SecretProof oldReceiver = receiver(CODE);
    old.handlePoint(oldReceiver.ownPoint());
    oldReceiver.handlePoint(old.ownPoint());
    SecretProof fresh = sender(CODE);
    SecretProof receiver = receiver(CODE);
    fresh.handlePoint(receiver.ownPoint());
    assertThat(fresh.accepts(oldReceiver.ownTag())).isFalse();
  }

  @Test
  void refusesItsOwnTagReflected() {
    SecretProof receiver = receiver(CODE);
    receiver.handlePoint(receiver.ownPoint());
    assertThat(receiver.accepts(receiver.ownTag())).isFalse();
  }

  @Test
  void refusesPointsOfSmallOrder() {
    for (String point :
        new String[] {
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
        }) {
      assertThat(receiver(CODE).handlePoint(HexFormat.of().parseHex(point))).as(point).isFalse();
    }
  }

  @Test
  void givesUpACodeAtTheThirdWrongGuess() {
    GuessLimit limit = new GuessLimit();
    assertThat(limit.countWrong()).isFalse();
    assertThat(limit.countWrong()).isFalse();
    assertThat(limit.spent()).isFalse();
    assertThat(limit.countWrong()).isTrue();
    assertThat(limit.spent()).isTrue();
  }

  private static boolean proven(SecretProof receiver, SecretProof sender) {
    sender.handlePoint(receiver.ownPoint());
    receiver.handlePoint(sender.ownPoint());
    boolean bySender = sender.accepts(receiver.ownTag());
    boolean byReceiver = receiver.accepts(sender.ownTag());
    assertThat(bySender).isEqualTo(byReceiver);
    return bySender;
  }

  private SecretProof receiver(TransferCode code) {
    return new SecretProof(
        SecretProof.Role.RECEIVER,
        code,
        receiverNonce,
        senderNonce,
        receiverFingerprint,
        senderFingerprint,
        random);
  }

  private SecretProof sender(TransferCode code) {
    return new SecretProof(
        SecretProof.Role.SENDER,
        code,
        senderNonce,
        receiverNonce,
        senderFingerprint,
        receiverFingerprint,
        random);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
