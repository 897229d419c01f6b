package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// How the estimate is shared out between the encodings.
class BitrateAllocationTest {
  private static final long RTT = 50_000_000;
  private final RtpTransport transport =
      new RtpTransport(RtpTransportOptions.DEFAULT, new SplittableRandom(1));

  private RtpSender simulcast(long... maxBitrates) {
    List<RtpEncoding> encodings = new ArrayList<>();
    for (int i = 0; i < maxBitrates.length; i++) {
      encodings.add(
          RtpEncoding.ofRid("r" + i).withSsrcs(100 + i, 200 + i, 0).withMaxBitrate(maxBitrates[i]));
    }
    return transport.addSender(TransportPair.sendVideo(1).withEncodings(encodings));
  }

  private List<Long> shares(long bitsPerSecond, RtpSender sender) {
    BitrateAllocation.allocate(bitsPerSecond, List.of(sender), RTT);
    List<Long> shares = new ArrayList<>();
    for (int i = 0; i < sender.parameters().encodings().size(); i++) {
      shares.add(sender.targetBitrate(i));
    }
    return shares;
  }

  @Test
  void fillsTheEncodingsFromTheLowestOn() {
    RtpSender sender = simulcast(0, 0, 0);
    assertThat(shares(5_000_000, sender)).containsExactly(200_000L, 700_000L, 2_500_000L);
    assertThat(shares(1_900_000, sender)).containsExactly(200_000L, 700_000L, 1_000_000L);
    assertThat(shares(100_000, sender)).containsExactly(100_000L, 0L, 0L);
  }

  @Test
  void anEncodingThatIsNotWorthItIsOffAndStaysSoForAWhile() {
    RtpSender sender = simulcast(200_000, 700_000, 2_000_000);
    assertThat(shares(1_600_000, sender)).containsExactly(200_000L, 700_000L, 700_000L);
    assertThat(shares(1_410_000, sender)).containsExactly(200_000L, 700_000L, 510_000L);
    // A quarter of its maximum is the least.
    assertThat(shares(1_390_000, sender)).containsExactly(200_000L, 700_000L, 0L);
    assertThat(shares(1_410_000, sender)).containsExactly(200_000L, 700_000L, 0L);
    assertThat(shares(1_510_000, sender)).containsExactly(200_000L, 700_000L, 610_000L);
  }

  @Test
  void theLowestActiveEncodingAlwaysHasItsShare() {
    RtpSender sender = simulcast(200_000, 700_000, 2_000_000);
    List<RtpEncoding> encodings = new ArrayList<>(sender.parameters().encodings());
    encodings.set(0, encodings.getFirst().withActive(false));
    sender.update(sender.parameters().withEncodings(encodings));
    assertThat(shares(50_000, sender)).containsExactly(0L, 50_000L, 0L);
    assertThat(shares(5_000_000, sender)).containsExactly(0L, 700_000L, 2_000_000L);
  }
}
