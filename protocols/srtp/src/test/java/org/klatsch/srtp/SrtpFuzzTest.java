package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/// Arbitrary bytes for both directions: whatever comes, a packet is refused with a reason or it was
/// protected under the same key.
class SrtpFuzzTest {
  private static final int ROOM = 24;

  @FuzzTest
  void anyPackets(FuzzedDataProvider data) {
    SrtpSuite suite = data.pickValue(SrtpSuite.values());
    SrtpOptions options = SrtpOptions.DEFAULT.withCryptex(data.consumeBoolean()).withMaxStreams(4);
    SrtpContext sender = SrtpContextTest.sender(suite, options);
    SrtpContext receiver = SrtpContextTest.receiver(suite, options);
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      boolean rtcp = data.consumeBoolean();
      boolean protectsFirst = data.consumeBoolean();
      byte[] packet = data.consumeBytes(data.consumeInt(0, 200));
      byte[] buffer = new byte[packet.length + ROOM];
      System.arraycopy(packet, 0, buffer, 0, packet.length);
      int length = packet.length;
      if (protectsFirst) {
        try {
          length =
              rtcp ? sender.protectRtcp(buffer, 0, length) : sender.protectRtp(buffer, 0, length);
        } catch (SrtpException e) {
          assertThat(e.reason()).isNotEqualTo(SrtpDropReason.AUTHENTICATION_FAILED);
          continue;
        }
      }
      try {
        int opened =
            rtcp
                ? receiver.unprotectRtcp(buffer, 0, length)
                : receiver.unprotectRtp(buffer, 0, length);
        assertThat(protectsFirst).isTrue();
        assertThat(opened).isBetween(packet.length, packet.length + 4);
      } catch (SrtpException e) {
        // Cryptex takes what already looks encrypted for encrypted.
        assertThat(protectsFirst && !options.cryptex()).isFalse();
      }
    }
  }

  @FuzzTest
  void anyState(byte[] state) {
    try {
      SrtpContext context = SrtpContext.ofState(state, SrtpOptions.DEFAULT);
      assertThat(context.exportState()).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("not an exported SRTP state: ");
    }
  }
}
