package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.CodecFormat;

class Mp4Test {
  private static final List<MediaTrack> TRACKS =
      List.of(
          MediaTrack.audio(1, CodecFormat.OPUS, 1),
          MediaTrack.video(2, CodecFormat.H264, 640, 360));

  private static final byte[] PARAMETERS = {
    0, 0, 0, 1, 0x67, 0x42, (byte) 0xc0, 0x1f, 1, 2, 0, 0, 0, 1, 0x68, 5, 6, 0, 0, 1
  };

  private static byte[] picture(Random random, boolean key) {
    byte[] slice = new byte[random.nextInt(50, 500)];
    random.nextBytes(slice);
    for (int i = 0; i < slice.length; i++) {
      slice[i] |= 4;
    }
    slice[0] = (byte) (key ? 0x65 : 0x41);
    byte[] start = key ? PARAMETERS : new byte[] {0, 0, 0, 1};
    return ByteBuffer.allocate(start.length + slice.length).put(start).put(slice).array();
  }

  private static void writeCall(Mp4Writer writer, int pictures) throws IOException {
    Random random = new Random(1);
    // Before the first key frame nothing can be shown.
    writer.write(new MediaPacket(2, 0, false, picture(random, false)));
    for (int i = 0; i < pictures; i++) {
      long nanos = 1_000_000_000L + i * 40_000_000L;
      boolean key = i % 50 == 0;
      writer.write(new MediaPacket(2, nanos, key, picture(random, key)));
      for (int k = 0; k < 2; k++) {
        byte[] packet = new byte[random.nextInt(10, 80)];
        packet[0] = (byte) (31 << 3);
        writer.write(new MediaPacket(1, nanos + k * 20_000_000L, true, packet));
      }
    }
  }

  /// Boxes of one level, as type and content.
  private static List<String> types(ByteBuffer boxes, List<ByteBuffer> contents) {
    List<String> types = new ArrayList<>();
    while (boxes.remaining() >= 8) {
      int size = boxes.getInt();
      byte[] type = new byte[4];
      boxes.get(type);
      assertThat(size - 8).isBetween(0, boxes.remaining());
      contents.add(boxes.slice(boxes.position(), size - 8));
      boxes.position(boxes.position() + size - 8);
      types.add(new String(type, StandardCharsets.US_ASCII));
    }
    assertThat(boxes.remaining()).isZero();
    return types;
  }

  @Test
  void everyFragmentStandsForItself(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.mp4");
    byte[] beforeClose;
    try (Mp4Writer writer = Mp4Writer.create(file, TRACKS)) {
      writeCall(writer, 250);
      beforeClose = Files.readAllBytes(file);
    }
    List<ByteBuffer> contents = new ArrayList<>();
    List<String> types = types(ByteBuffer.wrap(Files.readAllBytes(file)), contents);
    assertThat(types).startsWith("ftyp", "moov", "moof", "mdat", "moof", "mdat").endsWith("mfra");
    assertThat(types).hasSize(2 + 2 * 10 + 1);
    // All but the last second are there before the end.
    assertThat(types(ByteBuffer.wrap(beforeClose), new ArrayList<>())).hasSize(2 + 2 * 9);

    List<ByteBuffer> movie = new ArrayList<>();
    assertThat(types(contents.get(1), movie)).containsExactly("mvhd", "trak", "trak", "mvex");
    List<ByteBuffer> extension = new ArrayList<>();
    assertThat(types(movie.get(3), extension)).containsExactly("mehd", "trex", "trex");
    assertThat(extension.getFirst().getLong(4)).isBetween(9_900L, 10_100L);
  }

  @Test
  void samplesAreWhereTheRunsSay(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.mp4");
    try (Mp4Writer writer = Mp4Writer.create(file, TRACKS)) {
      writeCall(writer, 60);
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    int pictures = 0;
    int at = 0;
    long expectedTime = 0;
    while (at < bytes.capacity()) {
      int size = bytes.getInt(at);
      if (bytes.getInt(at + 4) == 0x6d6f6f66) {
        List<ByteBuffer> parts = new ArrayList<>();
        assertThat(types(bytes.slice(at + 8, size - 8), parts))
            .containsExactly("mfhd", "traf", "traf");
        List<ByteBuffer> video = new ArrayList<>();
        assertThat(types(parts.get(2), video)).containsExactly("tfhd", "tfdt", "trun");
        assertThat(video.get(1).getLong(4)).isEqualTo(expectedTime);
        ByteBuffer run = video.get(2);
        int count = run.getInt(4);
        int data = at + run.getInt(8);
        for (int i = 0; i < count; i++) {
          expectedTime += run.getInt(12 + 12 * i);
          int length = run.getInt(16 + 12 * i);
          boolean key = run.getInt(20 + 12 * i) == 0x0200_0000;
          assertThat(key).isEqualTo(pictures % 50 == 0);
          // One unit with its length before it, parameter sets taken out.
          assertThat(bytes.getInt(data)).isEqualTo(length - 4);
          assertThat(bytes.get(data + 4)).isEqualTo((byte) (key ? 0x65 : 0x41));
          data += length;
          pictures++;
        }
      }
      at += size;
    }
    assertThat(pictures).isEqualTo(60);
    assertThat(expectedTime).isEqualTo(60 * 3_600);
  }

  @Test
  void splitsUnitsAtBothStartCodes() {
    byte[] stream = {0, 0, 0, 1, 9, 16, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x65, 2, 0, 0, 3, 0, 0};
    List<byte[]> nals = H264Nals.split(stream);
    assertThat(nals)
        .containsExactly(new byte[] {9, 16}, new byte[] {0x67, 1}, new byte[] {0x65, 2, 0, 0, 3});
    assertThat(H264Nals.sample(nals, List.of(nals.get(1))))
        .containsExactly(0, 0, 0, 5, 0x65, 2, 0, 0, 3);
    assertThat(H264Nals.split(new byte[] {0, 0})).isEmpty();
  }

  @Test
  void holdsH264AndOpusOnly() throws IOException {
    assertThatThrownBy(() ->
            new Mp4Writer(
                Channels.newChannel(new ByteArrayOutputStream()),
                List.of(MediaTrack.video(1, CodecFormat.VP8, 8, 8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("video/VP8");
    ByteArrayOutputStream nothing = new ByteArrayOutputStream();
    new Mp4Writer(Channels.newChannel(nothing), TRACKS).close();
    assertThat(nothing.size()).isZero();
  }
}
