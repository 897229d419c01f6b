package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.srtp.SrtpContextTest.protect;
import static org.klatsch.srtp.SrtpContextTest.protectRtcp;
import static org.klatsch.srtp.SrtpContextTest.receiver;
import static org.klatsch.srtp.SrtpContextTest.rtcp;
import static org.klatsch.srtp.SrtpContextTest.rtp;
import static org.klatsch.srtp.SrtpContextTest.sender;
import static org.klatsch.srtp.SrtpContextTest.unprotect;
import static org.klatsch.srtp.SrtpContextTest.unprotectRtcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SrtpStateTest {
  @ParameterizedTest
  @EnumSource
  void goesOnWithWhatWasExported(SrtpSuite suite) throws SrtpException {
    SrtpContext sender = sender(suite, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(suite, SrtpOptions.DEFAULT);
    // Beyond a rollover, so that the counter matters.
    for (long number = 30_000; number < 100_000; number += 20_000) {
      unprotect(receiver, protect(sender, rtp(1, number)));
    }
    unprotect(receiver, protect(sender, rtp(2, 5)));
    byte[] report = protectRtcp(sender, rtcp(1));
    unprotectRtcp(receiver, report);
    byte[] late = protect(sender, rtp(1, 90_001));
    byte[] seen = protect(sender, rtp(1, 90_002));
    unprotect(receiver, seen);

    SrtpContext nextSender = SrtpContext.ofState(sender.exportState(), SrtpOptions.DEFAULT);
    SrtpContext nextReceiver = SrtpContext.ofState(receiver.exportState(), SrtpOptions.DEFAULT);
    assertThat(nextSender.isOutbound()).isTrue();
    assertThat(nextReceiver.isOutbound()).isFalse();
    assertThat(nextReceiver.streams()).isEqualTo(2);
    assertThat(nextReceiver.suite()).isEqualTo(suite);

    assertThat(unprotect(nextReceiver, late)).isEqualTo(rtp(1, 90_001));
    assertThatThrownBy(() -> unprotect(nextReceiver, seen)).hasMessage("REPLAYED");
    assertThatThrownBy(() -> unprotectRtcp(nextReceiver, report)).hasMessage("REPLAYED");
    assertThatThrownBy(() -> protect(nextSender, rtp(1, 90_002))).hasMessage("REPLAYED");
    assertThat(unprotect(nextReceiver, protect(nextSender, rtp(1, 90_003))))
        .isEqualTo(rtp(1, 90_003));
    assertThat(unprotect(receiver, protect(nextSender, rtp(1, 90_004)))).isEqualTo(rtp(1, 90_004));

    // Reports that the former one sent after the export have used no index of the next one.
    List<byte[]> reports = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reports.add(protectRtcp(sender, rtcp(1)));
    }
    for (byte[] one : reports) {
      unprotectRtcp(nextReceiver, one);
    }
    assertThat(unprotectRtcp(nextReceiver, protectRtcp(nextSender, rtcp(1)))).isEqualTo(rtcp(1));
  }

  @Test
  void takesALargerWindowForSeen() throws SrtpException {
    SrtpOptions small = SrtpOptions.DEFAULT.withReplayWindow(64);
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    SrtpContext receiver = receiver(SrtpSuite.AEAD_AES_128_GCM, small);
    byte[] old = protect(sender, rtp(1, 1_000));
    byte[] recent = protect(sender, rtp(1, 1_300));
    unprotect(receiver, protect(sender, rtp(1, 1_310)));
    SrtpContext next = SrtpContext.ofState(receiver.exportState(), SrtpOptions.DEFAULT);
    assertThatThrownBy(() -> unprotect(next, old)).hasMessage("REPLAYED");
    assertThat(unprotect(next, recent)).isEqualTo(rtp(1, 1_300));
  }

  @Test
  void refusesWhatIsNoState() throws SrtpException {
    SrtpContext sender = sender(SrtpSuite.AEAD_AES_128_GCM, SrtpOptions.DEFAULT);
    protect(sender, rtp(1, 1));
    protect(sender, rtp(2, 1));
    byte[] state = sender.exportState();
    for (int length = 0; length < state.length; length++) {
      byte[] cut = Arrays.copyOf(state, length);
      assertThatIllegalArgumentException()
          .as("cut to %d bytes", length)
          .isThrownBy(() -> SrtpContext.ofState(cut, SrtpOptions.DEFAULT));
    }
    byte[] longer = Arrays.copyOf(state, state.length + 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SrtpContext.ofState(longer, SrtpOptions.DEFAULT))
        .withMessage("not an exported SRTP state: 1 bytes too many");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SrtpContext.ofState(state, SrtpOptions.DEFAULT.withMaxStreams(1)))
        .withMessage("not an exported SRTP state: 2 streams, expected at most 1");
  }
}
