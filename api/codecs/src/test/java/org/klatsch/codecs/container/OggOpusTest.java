package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OggOpusTest {
  /// Packets of one frame of 20 ms; some end at a whole segment, some fill many.
  private static List<byte[]> packets(Random random, int count) {
    List<byte[]> packets = new ArrayList<>();
    int[] lengths = {1, 2, 254, 255, 256, 510, 511, 1_275};
    for (int i = 0; i < count; i++) {
      int length = random.nextInt(4) == 0 ? lengths[random.nextInt(8)] : random.nextInt(1, 300);
      byte[] packet = new byte[length];
      random.nextBytes(packet);
      packet[0] = (byte) (31 << 3);
      packets.add(packet);
    }
    return packets;
  }

  private static byte[] write(List<byte[]> packets, boolean close) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OggOpusWriter writer = new OggOpusWriter(Channels.newChannel(bytes), 1, 77);
    for (byte[] packet : packets) {
      assertThat(writer.write(packet, 0, packet.length)).isEqualTo(960);
    }
    if (close) {
      writer.close();
    }
    return bytes.toByteArray();
  }

  private static List<MediaPacket> read(byte[] file) throws IOException {
    List<MediaPacket> read = new ArrayList<>();
    try (OggOpusReader reader = new OggOpusReader(new ByteArrayInputStream(file))) {
      MediaPacket packet;
      while ((packet = reader.read()) != null) {
        read.add(packet);
      }
    }
    return read;
  }

  @Test
  void returnsWhatWasWritten() throws IOException {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50) / 5; seed++) {
      List<byte[]> packets = packets(new Random(seed), 300);
      List<MediaPacket> read = read(write(packets, true));
      assertThat(read).as("seed %d", seed).hasSize(300);
      for (int i = 0; i < 300; i++) {
        assertThat(read.get(i).data()).isEqualTo(packets.get(i));
        assertThat(read.get(i).timestampNanos()).isEqualTo(i * 20_000_000L);
      }
    }
  }

  @Test
  void playsUpToTheLastHalfSecondAfterAKill() throws IOException {
    List<byte[]> packets = packets(new Random(1), 260);
    byte[] file = write(packets, false);
    List<MediaPacket> read = read(file);
    assertThat(read.size()).isBetween(260 - 26, 260);
    // And when the system kept only a part of the last page.
    assertThat(read(Arrays.copyOf(file, file.length - 10)).size()).isBetween(260 - 52, 260);
  }

  @Test
  void skipsDamagedPages() throws IOException {
    List<byte[]> packets = packets(new Random(2), 300);
    byte[] file = write(packets, true);
    file[file.length / 2]++;
    List<MediaPacket> read = read(file);
    assertThat(read.size()).isBetween(300 - 60, 299);
    assertThat(read.getLast().data()).isEqualTo(packets.getLast());
  }

  @Test
  void keepsTimeWhereNothingWasSent() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OggOpusWriter writer = new OggOpusWriter(Channels.newChannel(bytes), 2, 1)) {
      byte[] packet = {(byte) (31 << 3), 1, 2};
      writer.write(packet, 0, 3);
      writer.writeGap(48_000);
      writer.write(packet, 0, 3);
      assertThat(writer.samples()).isEqualTo(52 * 960);
      assertThat(writer.write(new byte[0], 0, 0)).isZero();
      assertThat(writer.write(new byte[] {3, 0}, 0, 2)).isZero();
    }
    List<MediaPacket> read = read(bytes.toByteArray());
    assertThat(read).hasSize(52);
    assertThat(read.get(1).data()).hasSize(1);
    assertThat(read.getLast().timestampNanos()).isEqualTo(1_020_000_000L);
  }

  @Test
  void readsTheHeader() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new OggOpusWriter(Channels.newChannel(bytes), 2, 1).close();
    OggOpusReader reader = new OggOpusReader(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(reader.channels()).isEqualTo(2);
    assertThat(reader.preSkip()).isEqualTo(312);
    assertThat(reader.read()).isNull();
  }

  @Test
  void knowsDurationsOfPackets() {
    int[][] cases = {
      {0, 480}, {1, 960}, {3, 2_880}, {12, 480}, {13, 960}, {16, 120}, {19, 960}, {31, 960}
    };
    for (int[] expected : cases) {
      assertThat(OpusPackets.duration(new byte[] {(byte) (expected[0] << 3)}, 0, 1))
          .isEqualTo(expected[1]);
    }
    assertThat(OpusPackets.duration(new byte[] {(byte) (31 << 3 | 3), 6}, 0, 2)).isEqualTo(5_760);
    assertThat(OpusPackets.duration(new byte[] {(byte) (31 << 3 | 3), 7}, 0, 2)).isZero();
  }

  @Test
  void saysThatThereIsNoOpus() {
    assertThatThrownBy(() -> read(new byte[1_000]))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("no Opus stream");
  }
}
