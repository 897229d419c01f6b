package org.klatsch.media.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.media.PacketStore;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.StoredPacket;
import org.klatsch.media.video.FrameAssembler;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.payload.Vp8Depacketizer;
import org.klatsch.rtp.payload.Vp8Descriptor;
import org.klatsch.testkit.Seeds;

class SimulcastForwarderTest {
  private static final long FRAME = 33_333_333;
  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);

  /// An encoding of VP8 with three temporal layers (0 2 1 2), each frame of `packets` packets.
  private static final class Encoding {
    final int packets;
    int sequence;
    int timestamp;
    int picture;
    int base;
    int frame;

    Encoding(Random random, int packets) {
      this.packets = packets;
      sequence = random.nextInt(1 << 16);
      timestamp = random.nextInt();
      picture = random.nextInt(1 << 15);
      base = random.nextInt(256);
    }

    /// The next frame; its number stands in the data.
    List<byte[]> frame(boolean key, int number) {
      int place = key ? 0 : frame % 4;
      frame = key ? 1 : frame + 1;
      int layer = place == 0 ? 0 : place == 2 ? 1 : 2;
      base = layer == 0 ? base + 1 & 0xff : base;
      List<byte[]> made = new ArrayList<>();
      for (int i = 0; i < packets; i++) {
        byte[] payload = new byte[40];
        payload[0] = (byte) (0x80 | (i == 0 ? 0x10 : 0));
        payload[1] = (byte) 0xe0;
        payload[2] = (byte) (0x80 | picture >> 8);
        payload[3] = (byte) picture;
        payload[4] = (byte) base;
        // Upwards is possible where only the base is referred to.
        payload[5] = (byte) (layer << 6 | (place == 1 || place == 2 ? 0x20 : 0));
        payload[6] = (byte) (i == 0 && key ? 0 : 1);
        payload[20] = (byte) (number >> 8);
        payload[21] = (byte) number;
        byte[] packet = new byte[80];
        int length =
            new RtpPacketWriter()
                .start(packet, 0, 80, i == packets - 1, 96, sequence, timestamp, packets)
                .payload(payload, 0, payload.length)
                .finish();
        made.add(Arrays.copyOf(packet, length));
        sequence = sequence + 1 & 0xffff;
      }
      timestamp += 3_000;
      picture = picture + 1 & 0x7fff;
      return made;
    }
  }

  /// What one receiver gets.
  private static final class Viewer {
    final SimulcastForwarder forwarder;
    final FrameAssembler assembler = new FrameAssembler(1024);
    final Vp8Depacketizer format = new Vp8Depacketizer(100_000);
    final List<Integer> numbers = new ArrayList<>();
    final List<Integer> timestamps = new ArrayList<>();
    final List<Integer> pictures = new ArrayList<>();
    final List<Integer> sequences = new ArrayList<>();
    final byte[] out = new byte[100];

    final PacketStore[] stores = {new PacketStore(16), new PacketStore(16), new PacketStore(16)};

    Viewer(int firstSequence, int firstTimestamp) {
      forwarder = new SimulcastForwarder(firstSequence, firstTimestamp);
    }

    void take(long now, int encoding, byte[] bytes) throws MalformedRtpException {
      RtpPacket packet = new RtpPacket().parse(bytes, 0, bytes.length);
      boolean key =
          format.startsKeyFrame(packet.array(), packet.payloadOffset(), packet.payloadLength());
      StoredPacket stored = stores[encoding].add(packet, VP8, ExtensionIds.NONE, key);
      if (!forwarder.accept(now, encoding, stored)) {
        return;
      }
      int length = stored.writePayload(out, 3, forwarder.pictureId(), forwarder.basePictureId());
      sequences.add(forwarder.sequenceNumber());
      Vp8Descriptor descriptor = new Vp8Descriptor();
      descriptor.parse(out, 3, length);
      long extended = assembler.extend(forwarder.sequenceNumber());
      assembler.insert(
          now, extended, forwarder.timestamp(), forwarder.marker(), -1, format, out, 3, length);
      while (assembler.next(format)) {
        byte[] frame = format.frame();
        numbers.add((frame[14] & 0xff) << 8 | frame[15] & 0xff);
        timestamps.add(assembler.timestamp());
        pictures.add(descriptor.pictureId());
      }
    }
  }

  @Test
  void makesOneStreamWithoutGapsOfSeveralEncodings() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      Encoding[] encodings = {
        new Encoding(random, 1), new Encoding(random, 2), new Encoding(random, 4)
      };
      Viewer viewer = new Viewer(random.nextInt(1 << 16), random.nextInt());
      boolean[] keyWanted = {true, true, true};
      for (int number = 0; number < 400; number++) {
        if (number % 37 == 0) {
          viewer.forwarder.select(random.nextInt(3));
        }
        if (viewer.forwarder.needsKeyFrame() && random.nextInt(5) == 0) {
          keyWanted[viewer.forwarder.wanted()] = true;
        }
        for (int i = 0; i < 3; i++) {
          List<byte[]> frame = encodings[i].frame(keyWanted[i], number);
          keyWanted[i] = false;
          for (byte[] packet : frame) {
            viewer.take(number * FRAME, i, packet);
          }
        }
      }
      assertThat(viewer.forwarder.switches()).isPositive();
      for (int i = 1; i < viewer.sequences.size(); i++) {
        assertThat(viewer.sequences.get(i) - viewer.sequences.get(i - 1) & 0xffff).isEqualTo(1);
      }
      // Every picture once, but for one seen twice or not at all where the encodings change.
      assertThat(viewer.numbers).isSorted();
      assertThat(viewer.numbers.size()).isBetween(385, 415);
      for (int i = 1; i < viewer.numbers.size(); i++) {
        int step = viewer.timestamps.get(i) - viewer.timestamps.get(i - 1);
        assertThat(step).isBetween(1_500, 6_100);
        assertThat(viewer.pictures.get(i) - viewer.pictures.get(i - 1) & 0x7fff).isEqualTo(1);
      }
    });
  }

  @Test
  void leavesTemporalLayersOutAndTakesThemInAgain() throws Exception {
    Encoding encoding = new Encoding(new Random(1), 2);
    Viewer viewer = new Viewer(65_530, -20_000);
    viewer.forwarder.select(0);
    viewer.forwarder.selectLayer(0);
    for (int number = 0; number < 40; number++) {
      if (number == 22) {
        viewer.forwarder.selectLayer(SimulcastForwarder.ALL_LAYERS);
      }
      for (byte[] packet : encoding.frame(number == 0, number)) {
        viewer.take(number * FRAME, 0, packet);
      }
    }
    assertThat(viewer.numbers).startsWith(0, 4, 8, 12, 16, 20, 22, 23, 24, 25).endsWith(39);
    for (int i = 1; i < viewer.sequences.size(); i++) {
      assertThat(viewer.sequences.get(i) - viewer.sequences.get(i - 1) & 0xffff).isEqualTo(1);
      if (i < viewer.pictures.size()) {
        assertThat(viewer.pictures.get(i) - viewer.pictures.get(i - 1) & 0x7fff).isEqualTo(1);
      }
    }
  }

  @Test
  void losesNothingOfTheOrderAndShowsWhatIsLost() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      Encoding encoding = new Encoding(random, 3);
      Viewer viewer = new Viewer(random.nextInt(1 << 16), random.nextInt());
      viewer.forwarder.select(0);
      List<byte[]> packets = new ArrayList<>();
      for (int number = 0; number < 200; number++) {
        packets.addAll(encoding.frame(number == 0, number));
      }
      viewer.take(0, 0, packets.getFirst());
      int first = viewer.sequences.getFirst();
      // Packets overtake each other by up to ten places; one in twenty is lost.
      List<Integer> order = new ArrayList<>();
      for (int i = 1; i < packets.size(); i++) {
        if (random.nextInt(20) > 0) {
          order.add(Math.max(0, order.size() - random.nextInt(10)), i);
        }
      }
      for (int i : order) {
        viewer.take(i * 10_000_000L, 0, packets.get(i));
        assertThat(viewer.sequences.getLast()).isEqualTo(first + i & 0xffff);
      }
      assertThat(viewer.sequences).hasSize(order.size() + 1);
    });
  }

  @Test
  void forwardsNothingBeforeAKeyFrameOfTheChosenEncoding() throws Exception {
    Encoding encoding = new Encoding(new Random(2), 1);
    Viewer viewer = new Viewer(1, 1);
    viewer.take(0, 0, encoding.frame(true, 0).getFirst());
    viewer.forwarder.select(0);
    assertThat(viewer.forwarder.needsKeyFrame()).isTrue();
    viewer.take(FRAME, 0, encoding.frame(false, 1).getFirst());
    assertThat(viewer.sequences).isEmpty();
    viewer.take(2 * FRAME, 0, encoding.frame(true, 2).getFirst());
    assertThat(viewer.numbers).containsExactly(2);
    assertThat(viewer.forwarder.needsKeyFrame()).isFalse();
    viewer.forwarder.select(SimulcastForwarder.NONE);
    viewer.take(3 * FRAME, 0, encoding.frame(true, 3).getFirst());
    assertThat(viewer.numbers).hasSize(1);
  }
}
