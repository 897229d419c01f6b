package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/// Fuzz targets: the message parser and the stream decoder.
class StunFuzzTest {
  private static final MessageIntegrity KEY = MessageIntegrity.sha1(new byte[] {1});

  @FuzzTest(maxDuration = "60s")
  void message(byte[] bytes) throws Exception {
    StunMessage message;
    List<StunAttribute> attributes;
    try {
      message = StunMessage.parse(bytes, 0, bytes.length);
      KEY.matches(message);
      Fingerprint.matches(message);
      message.unknownRequired();
      attributes = message.attributes();
    } catch (MalformedStunException e) {
      return;
    }
    byte[] written =
        new StunMessageWriter()
            .start(
                new byte[70_000],
                0,
                70_000,
                message.messageClass(),
                message.method(),
                message.transactionId())
            .add(attributes)
            .toByteArray();
    assertThat(StunMessage.parse(written, 0, written.length).attributes())
        .usingRecursiveComparison()
        .isEqualTo(attributes);
  }

  @FuzzTest(maxDuration = "60s")
  void stream(byte[] bytes) {
    StunStreamDecoder decoder = new StunStreamDecoder(1500);
    try {
      for (int at = 0; at < bytes.length; at += 7) {
        decoder.handleBytes(bytes, at, Math.min(7, bytes.length - at));
        for (StunMessage message = decoder.poll(); message != null; message = decoder.poll()) {
          assertThat(message.length()).isLessThanOrEqualTo(1500);
        }
      }
    } catch (MalformedStunException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
