package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Signals;

/// Arbitrary files: a reader returns frames, then nothing, or says that the file is malformed.
class ContainerFuzzTest {
  private interface Reading {
    void read() throws IOException;
  }

  private static void attempt(Reading reading) throws IOException {
    try {
      reading.read();
    } catch (MalformedMediaException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /// The first inputs were written by ffmpeg.
  @Test
  void readsWhatAnotherProgramWrote() throws IOException {
    WavReader wav = new WavReader(input("wav/ffmpeg-pcm16"));
    assertThat(wav.format()).isEqualTo(new PcmFormat(8_000, 1));
    short[] pcm = new short[1_000];
    assertThat(wav.read(pcm, 0, 1_000)).isEqualTo(400);
    WavReader floats = new WavReader(input("wav/ffmpeg-float"));
    short[] other = new short[1_000];
    assertThat(floats.read(other, 0, 1_000)).isEqualTo(400);
    // The other program dithers what it rounds to 16 bits.
    assertThat(Signals.snr(pcm, other, 0, 0, 400)).isGreaterThan(60);

    OggOpusReader ogg = new OggOpusReader(input("ogg/ffmpeg"));
    assertThat(ogg.channels()).isEqualTo(1);
    int packets = 0;
    while (ogg.read() != null) {
      packets++;
    }
    assertThat(packets).isBetween(15, 17);

    WebmReader webm = new WebmReader(input("webm/ffmpeg"));
    assertThat(webm.tracks()).extracting(t -> t.format().encodingName()).contains("opus", "VP8");
    int keyFrames = 0;
    int pictures = 0;
    MediaPacket packet;
    while ((packet = webm.read()) != null) {
      int track = packet.track();
      if (webm.tracks().stream().anyMatch(t -> t.number() == track && t.width() == 64)) {
        pictures++;
        keyFrames += packet.keyFrame() ? 1 : 0;
      }
    }
    assertThat(pictures).isEqualTo(3);
    assertThat(keyFrames).isEqualTo(1);

    Y4mReader y4m = new Y4mReader(input("y4m/ffmpeg"));
    assertThat(y4m.framesPerSecond()).isEqualTo(10);
    assertThat(y4m.read()).isNotNull();
    assertThat(y4m.read()).isNotNull();
    assertThat(y4m.read()).isNull();
  }

  private static InputStream input(String name) {
    return ContainerFuzzTest.class.getResourceAsStream("ContainerFuzzTestInputs/" + name);
  }

  @FuzzTest
  void wav(byte[] bytes) throws IOException {
    attempt(() -> {
      WavReader reader = new WavReader(new ByteArrayInputStream(bytes));
      short[] out = new short[100 * reader.format().channels()];
      int total = 0;
      int frames;
      while ((frames = reader.read(out, 0, 100)) > 0) {
        total += frames;
      }
      assertThat(total).isLessThanOrEqualTo(bytes.length);
    });
  }

  @FuzzTest
  void ogg(byte[] bytes) throws IOException {
    attempt(() -> {
      OggOpusReader reader = new OggOpusReader(new ByteArrayInputStream(bytes));
      int total = 0;
      MediaPacket packet;
      while ((packet = reader.read()) != null) {
        total += packet.data().length;
      }
      assertThat(total).isLessThanOrEqualTo(bytes.length);
    });
  }

  @FuzzTest
  void webm(byte[] bytes) throws IOException {
    attempt(() -> {
      WebmReader reader = new WebmReader(new ByteArrayInputStream(bytes));
      int total = 0;
      MediaPacket packet;
      while ((packet = reader.read()) != null) {
        total += packet.data().length;
      }
      assertThat(total).isLessThanOrEqualTo(bytes.length);
    });
  }

  @FuzzTest
  void mp4(byte[] bytes) throws IOException {
    attempt(() -> {
      Mp4Reader reader = new Mp4Reader(new ByteChannel(bytes));
      // Several samples may lie in the same place: their number is what tables can hold.
      int packets = 0;
      while (packets < 1_000 && reader.read() != null) {
        packets++;
      }
      assertThat(packets).isLessThanOrEqualTo(bytes.length);
    });
  }

  @FuzzTest
  void y4m(byte[] bytes) throws IOException {
    attempt(() -> {
      Y4mReader reader = new Y4mReader(new ByteArrayInputStream(bytes));
      while (reader.read() != null) {
        assertThat(reader.width()).isPositive();
      }
    });
  }
}
