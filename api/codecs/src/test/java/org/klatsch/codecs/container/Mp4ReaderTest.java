package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.CodecFormat;

class Mp4ReaderTest {
  private static final List<MediaTrack> TRACKS =
      List.of(
          MediaTrack.audio(1, CodecFormat.OPUS, 2),
          MediaTrack.video(2, CodecFormat.H264, 640, 360));

  private static final byte[] SETS = {
    0, 0, 0, 1, 0x67, 0x42, (byte) 0xc0, 0x1f, 1, 2, 0, 0, 0, 1, 0x68, 5, 6
  };

  private static byte[] picture(Random random, boolean key) {
    byte[] slice = new byte[random.nextInt(50, 500)];
    random.nextBytes(slice);
    for (int i = 0; i < slice.length; i++) {
      slice[i] |= 4;
    }
    slice[0] = (byte) (key ? 0x65 : 0x41);
    byte[] before = key ? SETS : new byte[0];
    return ByteBuffer.allocate(before.length + 4 + slice.length)
        .put(before)
        .putInt(1)
        .put(slice)
        .array();
  }

  private static List<MediaPacket> call(int pictures) {
    Random random = new Random(7);
    List<MediaPacket> packets = new ArrayList<>();
    for (int i = 0; i < pictures; i++) {
      long nanos = i * 40_000_000L;
      boolean key = i % 25 == 0;
      packets.add(new MediaPacket(2, nanos, key, picture(random, key)));
      for (int k = 0; k < 2; k++) {
        byte[] packet = new byte[random.nextInt(10, 80)];
        random.nextBytes(packet);
        packet[0] = (byte) (31 << 3);
        packets.add(new MediaPacket(1, nanos + k * 20_000_000L, true, packet));
      }
    }
    return packets;
  }

  private static byte[] file(List<MediaPacket> packets) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Mp4Writer writer = new Mp4Writer(Channels.newChannel(bytes), TRACKS)) {
      for (MediaPacket each : packets) {
        writer.write(each);
      }
    }
    return bytes.toByteArray();
  }

  private static List<MediaPacket> readAll(byte[] bytes) throws IOException {
    List<MediaPacket> packets = new ArrayList<>();
    try (Mp4Reader reader = new Mp4Reader(new ByteChannel(bytes))) {
      for (MediaPacket each = reader.read(); each != null; each = reader.read()) {
        packets.add(each);
      }
    }
    return packets;
  }

  private static List<MediaPacket> ofTrack(List<MediaPacket> packets, int track) {
    return packets.stream().filter(each -> each.track() == track).toList();
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    List<MediaPacket> written = call(100);
    byte[] bytes = file(written);
    Mp4Reader reader = new Mp4Reader(new ByteChannel(bytes));
    assertThat(reader.tracks()).hasSize(2);
    assertThat(reader.tracks().getFirst()).isEqualTo(TRACKS.getFirst());
    assertThat(reader.tracks().getLast().width()).isEqualTo(640);
    assertThat(reader.tracks().getLast().format().isSameCodec(CodecFormat.H264)).isTrue();
    List<MediaPacket> read = readAll(bytes);
    assertThat(read).hasSameSizeAs(written);
    for (int track = 1; track <= 2; track++) {
      List<MediaPacket> before = ofTrack(written, track);
      List<MediaPacket> after = ofTrack(read, track);
      for (int i = 0; i < before.size(); i++) {
        assertThat(after.get(i).data()).isEqualTo(before.get(i).data());
        assertThat(after.get(i).keyFrame()).isEqualTo(before.get(i).keyFrame());
        assertThat(after.get(i).timestampNanos())
            .isBetween(before.get(i).timestampNanos() - 30_000, before.get(i).timestampNanos());
      }
    }
    long last = 0;
    for (MediaPacket each : read) {
      assertThat(each.timestampNanos()).isGreaterThanOrEqualTo(last - 1_000_000_000);
      last = Math.max(last, each.timestampNanos());
    }
  }

  @Test
  void aKillAnywhereCostsAtMostTheEnd() throws IOException {
    List<MediaPacket> written = call(100);
    byte[] bytes = file(written);
    int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("moof") - 4;
    Random random = new Random(3);
    int most = 0;
    for (int i = 0; i < 200; i++) {
      int cut = random.nextInt(header, bytes.length);
      List<MediaPacket> read = readAll(java.util.Arrays.copyOf(bytes, cut));
      assertThat(read.size()).isLessThanOrEqualTo(written.size());
      most = Math.max(most, read.size());
    }
    assertThat(most).isGreaterThan(250);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Mp4ReaderTest.class.getResourceAsStream("ContainerFuzzTestInputs/mp4/" + name)) {
      return in.readAllBytes();
    }
  }

  /// The first has one table at the end with H.264 that is shown in another order than decoded, the
  /// second fragments.
  @Test
  void readsWhatAnotherProgramWrote() throws IOException {
    for (String name : List.of("ffmpeg", "ffmpeg-fragmented")) {
      byte[] bytes = resource(name);
      Mp4Reader reader = new Mp4Reader(new ByteChannel(bytes));
      MediaTrack video =
          reader.tracks().stream().filter(each -> each.width() > 0).findFirst().orElseThrow();
      MediaTrack audio =
          reader.tracks().stream().filter(each -> each.channels() > 0).findFirst().orElseThrow();
      assertThat(video.width()).as(name).isEqualTo(64);
      assertThat(video.height()).isEqualTo(36);
      List<MediaPacket> pictures = ofTrack(readAll(bytes), video.number());
      assertThat(pictures).as(name).hasSize(10);
      assertThat(pictures.getFirst().keyFrame()).isTrue();
      assertThat(pictures.stream().filter(MediaPacket::keyFrame)).hasSize(1);
      long[] times = pictures.stream().mapToLong(MediaPacket::timestampNanos).sorted().toArray();
      for (int i = 0; i < 10; i++) {
        // The fragments of the other program begin with the audio, 6.5 ms before the video.
        assertThat(times[i]).isBetween(i * 100_000_000L, i * 100_000_000L + 7_000_000);
      }
      assertThat(PictureSize.of(video.format(), pictures.getFirst().data()))
          .contains(new PictureSize(64, 36));
      List<MediaPacket> sounds = ofTrack(readAll(bytes), audio.number());
      assertThat(sounds.size()).isBetween(50, 52);
      long samples =
          sounds.stream()
              .mapToLong(each -> OpusPackets.duration(each.data(), 0, each.data().length))
              .sum();
      assertThat(samples).isEqualTo(sounds.size() * 960L);
    }
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThatThrownBy(() -> readAll("RIFFxxxxWAVE".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("xxxx");
    byte[] bytes = file(call(30));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> readAll(java.util.Arrays.copyOf(bytes, 100)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("moov");
    byte[] other = bytes.clone();
    for (String codec : List.of("avc1", "Opus")) {
      other[text.indexOf(codec)] = 'x';
    }
    assertThatThrownBy(() -> readAll(other))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("xvc1")
        .hasMessageContaining("xpus");
    byte[] large = bytes.clone();
    ByteBuffer.wrap(large).putInt(text.indexOf("stsd") - 4, 0x7fff_ffff);
    assertThatThrownBy(() -> readAll(large))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("stsd")
        .hasMessageContaining("2147483639");
  }
}
