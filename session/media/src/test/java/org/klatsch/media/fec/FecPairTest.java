package org.klatsch.media.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.MutableExtensions;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.fec.FecScheme;

/// A sender and a receiver of repair packets with losses between them.
class FecPairTest {
  private static final int SSRC = 77;
  private static final ExtensionIds IDS =
      ExtensionIds.of(Map.of(ExtensionType.TRANSPORT_SEQUENCE, 3));

  static Stream<FecScheme> schemes() {
    return Stream.of(FecScheme.ULPFEC, FecScheme.FLEXFEC_03, FecScheme.FLEXFEC);
  }

  private static byte[] packet(Random random, int sequence, boolean marker) {
    byte[] out = new byte[1400];
    byte[] payload = new byte[1 + random.nextInt(1200)];
    random.nextBytes(payload);
    int length =
        new RtpPacketWriter()
            .start(out, 0, out.length, marker, 96, sequence, 1000, SSRC)
            .extensionU16(3, random.nextInt())
            .payload(payload, 0, payload.length)
            .finish();
    return Arrays.copyOf(out, length);
  }

  private static RtpPacket view(byte[] packet) throws MalformedRtpException {
    return new RtpPacket().parse(packet, 0, packet.length);
  }

  private static byte[] withoutMutable(byte[] packet) throws MalformedRtpException {
    byte[] copy = packet.clone();
    MutableExtensions.zero(view(copy), IDS);
    return copy;
  }

  private static List<byte[]> repairs(FecSender sender) {
    List<byte[]> repairs = new ArrayList<>();
    byte[] out = new byte[1500];
    for (int length = sender.pollRepair(out, 3, 1400);
        length > 0;
        length = sender.pollRepair(out, 3, 1400)) {
      repairs.add(Arrays.copyOfRange(out, 3, 3 + length));
    }
    return repairs;
  }

  private static List<byte[]> recovered(FecReceiver receiver) {
    List<byte[]> packets = new ArrayList<>();
    byte[] out = new byte[1500];
    for (int length = receiver.pollRecovered(out, 1, 1499);
        length > 0;
        length = receiver.pollRecovered(out, 1, 1499)) {
      packets.add(Arrays.copyOfRange(out, 1, 1 + length));
    }
    return packets;
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void aBurstAsLongAsThereAreRepairPacketsComesBack(FecScheme scheme) throws Exception {
    FecSender sender = new FecSender(scheme, SSRC, IDS, FecOptions.DEFAULT);
    sender.rates(0.3, 0.3);
    FecReceiver receiver = new FecReceiver(scheme, SSRC, IDS, FecOptions.DEFAULT);
    Random random = new Random(1);
    int sequence = 65_530;
    Map<Integer, byte[]> lost = new HashMap<>();
    for (int frame = 0; frame < 20; frame++) {
      List<byte[]> packets = new ArrayList<>();
      for (int i = 0; i < 10; i++, sequence++) {
        byte[] packet = packet(random, sequence & 0xffff, i == 9);
        packets.add(packet);
        sender.add(view(packet), false);
      }
      int from = random.nextInt(8);
      for (int i = 0; i < 10; i++) {
        if (i >= from && i < from + 3) {
          lost.put(view(packets.get(i)).sequenceNumber(), withoutMutable(packets.get(i)));
        } else {
          receiver.handleMedia(view(packets.get(i)));
        }
      }
      List<byte[]> repairs = repairs(sender);
      assertThat(repairs).hasSize(3);
      for (byte[] repair : repairs) {
        receiver.handleRepair(repair, 0, repair.length, SSRC);
      }
      // ULPFEC's repair packets take sequence numbers of the media.
      sequence += scheme == FecScheme.ULPFEC ? 3 : 0;
      for (byte[] packet : recovered(receiver)) {
        assertThat(packet).isEqualTo(lost.remove(view(packet).sequenceNumber()));
      }
      assertThat(lost).isEmpty();
    }
    assertThat(receiver.packetsRecovered()).isEqualTo(60);
    assertThat(receiver.repairsReceived()).isEqualTo(60);
    assertThat(receiver.repairsDiscarded()).isZero();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void neverMakesAPacketThatWasNotSent(FecScheme scheme) throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      FecSender sender = new FecSender(scheme, SSRC, IDS, FecOptions.DEFAULT);
      sender.rates(random.nextDouble(), random.nextDouble());
      FecReceiver receiver = new FecReceiver(scheme, SSRC, IDS, FecOptions.DEFAULT);
      double loss = random.nextDouble() / 3;
      Map<Integer, byte[]> sent = new HashMap<>();
      Set<Integer> arrived = new HashSet<>();
      List<byte[]> late = new ArrayList<>();
      int sequence = random.nextInt(65_536);
      for (int i = 0; i < 300; i++) {
        sequence = sequence + 1 & 0xffff;
        byte[] packet = packet(random, sequence, random.nextInt(6) == 0);
        sent.put(sequence, withoutMutable(packet));
        sender.add(view(packet), random.nextInt(20) == 0);
        if (random.nextDouble() >= loss) {
          arrived.add(sequence);
          if (random.nextInt(10) == 0) {
            late.add(packet);
          } else {
            receiver.handleMedia(view(packet));
          }
        }
        for (byte[] repair : repairs(sender)) {
          if (random.nextDouble() >= loss) {
            receiver.handleRepair(repair, 0, repair.length, SSRC);
          }
        }
        if (random.nextInt(5) == 0) {
          for (byte[] packetLate : late) {
            receiver.handleMedia(view(packetLate));
          }
          late.clear();
        }
        for (byte[] recovered : recovered(receiver)) {
          assertThat(recovered)
              .as("seed %d", seed)
              .isEqualTo(sent.get(view(recovered).sequenceNumber()));
        }
      }
    }
  }

  @Test
  void oneRecoveryMakesTheNextPossible() throws Exception {
    Random random = new Random(2);
    FecSender rows = new FecSender(FecScheme.FLEXFEC_03, SSRC, IDS, FecOptions.DEFAULT);
    rows.rates(0.5, 0.5);
    FecSender all = new FecSender(FecScheme.FLEXFEC_03, SSRC, IDS, FecOptions.DEFAULT);
    all.rates(0.01, 0.01);
    byte[] first = packet(random, 1, false);
    byte[] second = packet(random, 2, true);
    rows.add(view(first), false);
    rows.add(view(second), false);
    byte[] both = repairs(rows).getFirst();
    byte[] third = packet(random, 3, true);
    for (byte[] packet : List.of(first, second, third)) {
      all.add(view(packet), false);
    }
    // Frames 1-2 and 3 are not yet worth a repair packet; a third frame closes the group.
    byte[] fourth = packet(random, 4, true);
    all.add(view(fourth), false);
    byte[] four = repairs(all).getFirst();
    FecReceiver receiver = new FecReceiver(FecScheme.FLEXFEC_03, SSRC, IDS, FecOptions.DEFAULT);
    receiver.handleMedia(view(fourth));
    receiver.handleRepair(four, 0, four.length, SSRC);
    receiver.handleRepair(both, 0, both.length, SSRC);
    receiver.handleMedia(view(third));
    assertThat(recovered(receiver)).isEmpty();
    receiver.handleMedia(view(second));
    assertThat(recovered(receiver)).containsExactly(withoutMutable(first));
  }

  @Test
  void keepsNoMoreThanItsTablesHold() throws Exception {
    FecReceiver receiver =
        new FecReceiver(FecScheme.FLEXFEC_03, SSRC, IDS, new FecOptions(1500, 8, 2, 48, 1));
    FecSender sender = new FecSender(FecScheme.FLEXFEC_03, SSRC, IDS, FecOptions.DEFAULT);
    sender.rates(0.1, 0.1);
    Random random = new Random(3);
    for (int sequence = 0; sequence < 1000; sequence += 2) {
      sender.add(view(packet(random, sequence, false)), false);
      sender.add(view(packet(random, sequence + 1, true)), false);
      for (byte[] repair : repairs(sender)) {
        receiver.handleRepair(repair, 0, repair.length, SSRC);
      }
    }
    assertThat(receiver.packetsRecovered()).isZero();
    assertThat(receiver.repairsDiscarded()).isGreaterThan(receiver.repairsReceived() - 3);
  }

  @Test
  void passesOverRepairPacketsOfOtherStreamsAndLengths() throws Exception {
    FecReceiver receiver = new FecReceiver(FecScheme.ULPFEC, SSRC, IDS, FecOptions.DEFAULT);
    FecSender sender = new FecSender(FecScheme.ULPFEC, SSRC, IDS, FecOptions.DEFAULT);
    sender.rates(1, 1);
    sender.add(view(packet(new Random(4), 1, true)), false);
    byte[] repair = repairs(sender).getFirst();
    receiver.handleRepair(repair, 0, repair.length, SSRC + 1);
    receiver.handleRepair(new byte[2000], 0, 2000, SSRC);
    assertThat(receiver.repairsDiscarded()).isEqualTo(2);
    assertThatThrownBy(() -> receiver.handleRepair(repair, 0, 10, SSRC))
        .isInstanceOf(MalformedRtpException.class);
    receiver.handleRepair(repair, 0, repair.length, SSRC);
    assertThat(recovered(receiver)).hasSize(1);
  }

  @Test
  void protectsNothingUnlessToldAndGroupsFramesWhenTheRateIsLow() throws Exception {
    FecSender sender = new FecSender(FecScheme.FLEXFEC, SSRC, IDS, FecOptions.DEFAULT);
    Random random = new Random(5);
    sender.add(view(packet(random, 1, true)), false);
    assertThat(sender.pending()).isZero();
    sender.rates(0.2, 1);
    sender.add(view(packet(random, 2, true)), false);
    assertThat(sender.pending()).isZero();
    sender.add(view(packet(random, 3, true)), false);
    sender.add(view(packet(random, 4, true)), false);
    assertThat(sender.pending()).isEqualTo(1);
    sender.add(view(packet(random, 5, false)), true);
    assertThat(sender.pending()).isZero();
    sender.add(view(packet(random, 6, true)), true);
    assertThat(sender.pending()).isEqualTo(2);
    assertThatThrownBy(() -> sender.rates(1.1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrapsAndUnwrapsVideoInRed() throws Exception {
    byte[] original = packet(new Random(6), 9, true);
    byte[] out = new byte[1500];
    int length = VideoRed.wrap(view(original), 63, out, 2, 1498);
    RtpPacket packet = new RtpPacket().parse(out, 2, length);
    assertThat(packet.payloadType()).isEqualTo(63);
    assertThat(VideoRed.blockType(packet)).isEqualTo(96);
    VideoRed.unwrap(packet);
    assertThat(Arrays.copyOfRange(out, packet.offset(), packet.offset() + packet.length()))
        .isEqualTo(original);
    assertThat(VideoRed.wrap(view(original), 63, out, 0, original.length)).isZero();
    byte[] several = original.clone();
    RtpPacket malformed = view(several);
    several[malformed.payloadOffset()] = (byte) 0x80;
    assertThatThrownBy(() -> VideoRed.unwrap(malformed)).isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void protectionFollowsLossAndRoundTripTime() {
    FecProtection protection = new FecProtection();
    assertThat(protection.rate(0)).isZero();
    protection.handleLoss(0.1);
    assertThat(protection.rate(0)).isEqualTo(0.25);
    assertThat(protection.keyFrameRate(0)).isEqualTo(0.5);
    assertThat(protection.rate(10_000_000)).isZero();
    assertThat(protection.rate(60_000_000)).isBetween(0.12, 0.13);
    assertThat(protection.rate(200_000_000)).isEqualTo(0.25);
    protection.handleLoss(0);
    assertThat(protection.rate(0)).isBetween(0.2, 0.25);
    for (int i = 0; i < 30; i++) {
      protection.handleLoss(0);
    }
    assertThat(protection.rate(0)).isZero();
    protection.handleLoss(1);
    assertThat(protection.rate(0)).isEqualTo(0.5);
  }
}
