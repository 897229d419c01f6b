package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Signals;

class WavTest {
  private static short[] readAll(WavReader reader) throws IOException {
    short[] out = new short[1 << 20];
    int samples = 0;
    while (true) {
      int frames = reader.read(out, samples, 333);
      if (frames == 0) {
        return Arrays.copyOf(out, samples);
      }
      samples += frames * reader.format().channels();
    }
  }

  @Test
  void returnsWhatWasWritten(@TempDir Path folder) throws IOException {
    short[] pcm = Signals.noise(new Random(1), 20_000, 5_000);
    Path file = folder.resolve("a.wav");
    try (WavWriter writer = WavWriter.create(file, new PcmFormat(16_000, 2))) {
      writer.write(pcm, 0, 4_000);
      writer.write(pcm, 8_000, 6_000);
    }
    try (WavReader reader = WavReader.open(file)) {
      assertThat(reader.format()).isEqualTo(new PcmFormat(16_000, 2));
      assertThat(readAll(reader)).isEqualTo(pcm);
    }
    ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(header.getInt(4)).isEqualTo(header.capacity() - 8);
    assertThat(header.getInt(40)).isEqualTo(40_000);
  }

  @Test
  void playsUpToTheLastSecondAfterAKill(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.wav");
    short[] pcm = Signals.noise(new Random(1), 8_000, 5_000);
    try (WavWriter writer = WavWriter.create(file, new PcmFormat(8_000, 1))) {
      for (int i = 0; i < 250; i++) {
        writer.write(pcm, i % 50 * 160, 160);
      }
      // As the file is now, before it is closed.
      try (WavReader reader = new WavReader(new ByteArrayInputStream(Files.readAllBytes(file)))) {
        assertThat(readAll(reader).length).isBetween(32_000, 40_000);
      }
    }
  }

  @Test
  void aStreamSaysUntilTheEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (WavWriter writer = new WavWriter(Channels.newChannel(bytes), new PcmFormat(8_000, 1))) {
      writer.write(new short[] {1, 2, 3}, 0, 3);
    }
    WavReader reader = new WavReader(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(readAll(reader)).containsExactly(1, 2, 3);
  }

  private static byte[] wav(int coding, int bits, byte[] data) {
    ByteBuffer file = ByteBuffer.allocate(64 + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes()).putInt(0).put("WAVE".getBytes());
    file.put("LIST".getBytes()).putInt(3).putInt(0);
    file.put("fmt ".getBytes()).putInt(16).putShort((short) coding).putShort((short) 1);
    file.putInt(8_000).putInt(0).putShort((short) 0).putShort((short) bits);
    file.put("data".getBytes()).putInt(data.length).put(data);
    return Arrays.copyOf(file.array(), file.position());
  }

  private static short[] read(byte[] wav) throws IOException {
    return readAll(new WavReader(new ByteArrayInputStream(wav)));
  }

  @Test
  void readsOtherCodings() throws IOException {
    assertThat(read(wav(1, 8, new byte[] {0, (byte) 128, (byte) 255})))
        .containsExactly(-32_768, 0, 127 << 8);
    assertThat(read(wav(1, 24, new byte[] {9, 0x34, 0x12, 0, 0, (byte) 0x80})))
        .containsExactly(0x1234, -32_768);
    assertThat(read(wav(1, 32, new byte[] {9, 9, 0x34, 0x12}))).containsExactly(0x1234);
    byte[] floats =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(0.5f)
            .putFloat(-2)
            .putFloat(Float.NaN)
            .array();
    assertThat(read(wav(3, 32, floats))).containsExactly(16_384, -32_768, 0);
    assertThat(read(wav(6, 8, new byte[] {(byte) 0xd5}))).containsExactly(8);
    assertThat(read(wav(7, 8, new byte[] {(byte) 0xff}))).containsExactly(0);
  }

  @Test
  void saysWhatItCannotRead() {
    assertThatThrownBy(() -> read(wav(2, 4, new byte[4])))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("coding 2 with 4 bits");
    assertThatThrownBy(() -> read("not a wav file".getBytes()))
        .isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> read(Arrays.copyOf(wav(1, 16, new byte[4]), 30)))
        .isInstanceOf(MalformedMediaException.class);
  }
}
