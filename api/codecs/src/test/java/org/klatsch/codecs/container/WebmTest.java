package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.CodecFormat;

class WebmTest {
  private static final List<MediaTrack> TRACKS =
      List.of(
          MediaTrack.audio(1, CodecFormat.OPUS, 2), MediaTrack.video(2, CodecFormat.VP8, 640, 360));

  /// So many seconds of both tracks as a call has them.
  private static List<MediaPacket> call(Random random, int seconds) {
    List<MediaPacket> packets = new ArrayList<>();
    int pictures = 0;
    for (int ms = 0; ms < seconds * 1_000; ms += 20) {
      byte[] audio = new byte[random.nextInt(3, 200)];
      random.nextBytes(audio);
      audio[0] = (byte) (31 << 3);
      packets.add(new MediaPacket(1, ms * 1_000_000L, true, audio));
      while (pictures * 33 <= ms) {
        byte[] picture = new byte[random.nextInt(100, 4_000)];
        random.nextBytes(picture);
        boolean key = pictures % 90 == 0;
        packets.add(new MediaPacket(2, pictures * 33_000_000L, key, picture));
        pictures++;
      }
    }
    return packets;
  }

  private static List<MediaPacket> read(WebmReader reader) throws IOException {
    List<MediaPacket> read = new ArrayList<>();
    MediaPacket packet;
    while ((packet = reader.read()) != null) {
      read.add(packet);
    }
    return read;
  }

  private static void assertSame(List<MediaPacket> read, List<MediaPacket> written) {
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i).track()).isEqualTo(written.get(i).track());
      assertThat(read.get(i).timestampNanos()).isEqualTo(written.get(i).timestampNanos());
      assertThat(read.get(i).keyFrame()).isEqualTo(written.get(i).keyFrame());
      assertThat(read.get(i).data()).isEqualTo(written.get(i).data());
    }
  }

  @Test
  void returnsWhatWasWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.webm");
    List<MediaPacket> packets = call(new Random(1), 10);
    try (WebmWriter writer = WebmWriter.create(file, TRACKS)) {
      for (MediaPacket packet : packets) {
        writer.write(packet);
      }
    }
    try (WebmReader reader = WebmReader.open(file)) {
      assertThat(reader.tracks()).isEqualTo(TRACKS);
      assertThat(reader.durationNanos()).isBetween(9_990_000_000L, 10_020_000_000L);
      assertSame(read(reader), packets);
    }
  }

  @Test
  void aStreamNeedsNoSeeking() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<MediaPacket> packets = call(new Random(2), 3);
    try (WebmWriter writer = new WebmWriter(Channels.newChannel(bytes), TRACKS)) {
      for (MediaPacket packet : packets) {
        writer.write(packet);
      }
    }
    assertSame(read(new WebmReader(new ByteArrayInputStream(bytes.toByteArray()))), packets);
  }

  @Test
  void playsUpToTheEndAfterAKill(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.webm");
    List<MediaPacket> packets = call(new Random(3), 5);
    try (WebmWriter writer = WebmWriter.create(file, TRACKS)) {
      for (MediaPacket packet : packets) {
        writer.write(packet);
      }
      byte[] now = Files.readAllBytes(file);
      WebmReader reader = new WebmReader(new ByteArrayInputStream(now));
      assertThat(reader.durationNanos()).isGreaterThan(2_500_000_000L);
      List<MediaPacket> read = read(reader);
      assertThat(read.getLast().timestampNanos()).isGreaterThan(4_700_000_000L);
      assertSame(read, packets.subList(0, read.size()));
      // Cut anywhere, it still ends well.
      Random random = new Random(4);
      for (int i = 0; i < 20; i++) {
        byte[] cut = Arrays.copyOf(now, random.nextInt(600, now.length));
        List<MediaPacket> part = read(new WebmReader(new ByteArrayInputStream(cut)));
        assertSame(part, packets.subList(0, part.size()));
      }
    }
  }

  @Test
  void audioAloneMayRunForHours() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<MediaTrack> tracks = List.of(MediaTrack.audio(1, CodecFormat.OPUS, 1));
    List<MediaPacket> packets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      packets.add(
          new MediaPacket(1, i * 47_000_000_000L, true, new byte[] {(byte) (31 << 3), (byte) i}));
    }
    try (WebmWriter writer = new WebmWriter(Channels.newChannel(bytes), tracks)) {
      for (MediaPacket packet : packets) {
        writer.write(packet);
      }
    }
    assertSame(read(new WebmReader(new ByteArrayInputStream(bytes.toByteArray()))), packets);
  }

  @Test
  void refusesOtherCodecsAndTracks() throws IOException {
    assertThatThrownBy(() ->
            new WebmWriter(
                Channels.newChannel(new ByteArrayOutputStream()),
                List.of(MediaTrack.video(1, CodecFormat.H264, 640, 360))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("video/H264");
    try (WebmWriter writer =
        new WebmWriter(Channels.newChannel(new ByteArrayOutputStream()), TRACKS)) {
      assertThatThrownBy(() -> writer.write(new MediaPacket(3, 0, true, new byte[1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("track 3");
    }
    assertThatThrownBy(() -> new WebmReader(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(MalformedMediaException.class);
  }

  @Test
  void readsLacedAudio() throws IOException {
    byte toc = (byte) (31 << 3);
    byte[] one = {toc, 1};
    byte[] two = {toc, 2, 2};
    byte[] three = {toc, 3, 3, 3};
    // Xiph: sizes 2 and 3; EBML: size 2, then one more; fixed: all of 2.
    assertThat(Lacing.frames(buffer(2, 2, 3, toc, 1, toc, 2, 2, toc, 3, 3, 3), 1))
        .containsExactly(one, two, three);
    assertThat(Lacing.frames(buffer(2, 0x82, 0xc0, toc, 1, toc, 2, 2, toc, 3, 3, 3), 3))
        .containsExactly(one, two, three);
    assertThat(Lacing.frames(buffer(1, toc, 1, toc, 1), 2)).containsExactly(one, one);
    assertThatThrownBy(() -> Lacing.frames(buffer(2, 200, 3, toc, 1), 1))
        .isInstanceOf(MalformedMediaException.class);
  }

  private static ByteBuffer buffer(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return ByteBuffer.wrap(array);
  }

  /// The configuration stands in the header, though only the first key frame has it.
  @Test
  void av1HasItsConfigurationInTheHeader() throws IOException {
    CodecFormat av1 = new CodecFormat("video/AV1", 90_000, 0, Map.of());
    // A temporal delimiter, and the sequence header of 640 × 360 as libaom makes it.
    byte[] unit = HexFormat.of().parseHex("0a0d2000000cc4ff6736be48086801");
    byte[] key = new byte[40];
    key[0] = 0x12;
    System.arraycopy(unit, 0, key, 2, unit.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<MediaTrack> tracks =
        List.of(MediaTrack.audio(1, CodecFormat.OPUS, 1), MediaTrack.video(2, av1, 640, 360));
    byte[] sound = {(byte) (31 << 3), 1, 2};
    try (WebmWriter writer = new WebmWriter(Channels.newChannel(out), tracks)) {
      writer.write(new MediaPacket(1, 0, true, sound));
      assertThat(out.size()).isZero();
      writer.write(new MediaPacket(2, 5_000_000, true, key));
      writer.flush();
      assertThat(out.size()).isPositive();
      writer.write(new MediaPacket(1, 20_000_000, true, sound));
    }
    byte[] record = HexFormat.of().parseHex("81210000" + HexFormat.of().formatHex(unit));
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .contains("63a20100000000000013" + HexFormat.of().formatHex(record));
    try (WebmReader reader = new WebmReader(new ByteArrayInputStream(out.toByteArray()))) {
      assertThat(read(reader)).hasSize(3);
    }
  }

  @Test
  void av1WithoutAKeyFrameIsWrittenAtTheEnd() throws IOException {
    CodecFormat av1 = new CodecFormat("video/AV1", 90_000, 0, Map.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WebmWriter writer =
        new WebmWriter(Channels.newChannel(out), List.of(MediaTrack.video(1, av1, 640, 360)))) {
      writer.write(new MediaPacket(1, 0, true, new byte[] {0x12, 0}));
    }
    try (WebmReader reader = new WebmReader(new ByteArrayInputStream(out.toByteArray()))) {
      assertThat(read(reader)).hasSize(1);
    }
  }
}
