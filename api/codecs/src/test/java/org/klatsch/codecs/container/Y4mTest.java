package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;

class Y4mTest {
  @ParameterizedTest
  @CsvSource({"64, 64", "101, 75"})
  void returnsWhatWasWritten(int width, int height, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.y4m");
    FakeVideo video = new FakeVideo(width, height, 25);
    try (Y4mWriter writer = Y4mWriter.create(file, width, height, 25)) {
      for (int i = 0; i < 5; i++) {
        writer.write(video.next());
      }
      assertThatThrownBy(() -> writer.write(new FakeVideo(200, 200, 1).next()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("200 x 200");
    }
    FakeVideo again = new FakeVideo(width, height, 25);
    try (Y4mReader reader = Y4mReader.open(file)) {
      assertThat(reader.framesPerSecond()).isEqualTo(25);
      for (int i = 0; i < 5; i++) {
        VideoFrame frame = reader.read();
        assertThat(frame.i420()).isEqualTo(again.next().i420());
        assertThat(frame.timestampNanos()).isEqualTo(i * 40_000_000L);
      }
      assertThat(reader.read()).isNull();
    }
    // A picture that a kill has cut is left out.
    byte[] cut = Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 7);
    Y4mReader reader = new Y4mReader(new ByteArrayInputStream(cut));
    for (int i = 0; i < 4; i++) {
      assertThat(reader.read()).isNotNull();
    }
    assertThat(reader.read()).isNull();
  }

  private static void open(String text) throws IOException {
    new Y4mReader(new ByteArrayInputStream(text.getBytes())).read();
  }

  @Test
  void saysWhatItCannotRead() {
    assertThatThrownBy(() -> open("RIFF")).isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> open("YUV4MPEG2 W4 H4 C444\n"))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("444");
    assertThatThrownBy(() -> open("YUV4MPEG2 W99999999 H4\n"))
        .isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> open("YUV4MPEG2 Wx H4\n")).isInstanceOf(MalformedMediaException.class);
    assertThatThrownBy(() -> open("YUV4MPEG2 W4 H4\nPICTURE\n"))
        .isInstanceOf(MalformedMediaException.class);
  }
}
