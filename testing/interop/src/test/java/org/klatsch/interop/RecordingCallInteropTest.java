package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.Y4mReader;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.webrtc.MediaRecorder;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCTrackEvent;

/// A browser's call recorded as it comes, played by ffmpeg.
@Tag("interop")
@Timeout(120)
class RecordingCallInteropTest {
  private static final double SECONDS = 5;

  /// Pictures with a number as [FrameCounter] reads it.
  private static final String NUMBERED =
      """
      window.numbered = (width, height) => {
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = height;
        const drawing = canvas.getContext('2d');
        let number = 0;
        const checksum = (value) => {
          let crc = 0xff;
          for (let shift = 16; shift >= 0; shift -= 8) {
            crc ^= value >> shift & 0xff;
            for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1 ^ 7) & 0xff : crc << 1;
          }
          return crc;
        };
        setInterval(() => {
          drawing.fillStyle = `hsl(${number * 3 % 360} 60% 50%)`;
          drawing.fillRect(0, 0, width, height);
          const bits = number << 8 | checksum(number);
          for (let i = 0; i < 32; i++) {
            drawing.fillStyle = bits >>> 31 - i & 1 ? 'white' : 'black';
            drawing.fillRect(i % 16 * width / 16, (i >> 4) * height / 8, width / 16, height / 8);
          }
          number++;
        }, 33);
        return canvas.captureStream(30).getVideoTracks()[0];
      };
      """;

  @TempDir private Path folder;

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static String run(String... command) throws Exception {
    Path output = Files.createTempFile("klatsch", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return Files.readString(output, StandardCharsets.ISO_8859_1).strip();
    } finally {
      Files.delete(output);
    }
  }

  @ParameterizedTest
  @CsvSource({"video/VP8, call.webm", "video/VP9, call.webm", "video/H264, call.mp4"})
  void recordsWhatChromiumSendsWithoutTranscoding(String codec, String name) throws Exception {
    Requirements.browser("chromium");
    Requirements.check(() -> Programs.require("ffprobe"));
    Path file = folder.resolve(name);
    try (Browser browser = Browser.start("chromium");
        EchoClient client = new EchoClient();
        CallPage page = new CallPage(browser, client)) {
      BlockingQueue<RTCTrackEvent> incoming = new LinkedBlockingQueue<>();
      client.connection.onTrack(incoming::add);
      page.start(
          NUMBERED
              + "const stream = new MediaStream([tone(440), numbered(640, 360)]);"
              + "stream.getTracks().forEach((track) => peer.addTrack(track, stream))");
      page.pageOffers(() -> {
        for (RTCRtpTransceiver each : client.connection.getTransceivers()) {
          if (each.receiver().track().kind().equals("video")) {
            each.setCodecPreferences(Only.codec(codec));
          }
        }
      });
      client.awaitConnected();
      List<MediaStreamTrack> tracks = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        tracks.add(incoming.poll(20, TimeUnit.SECONDS).track());
      }
      Ear.awaitTone(
          tracks.stream().filter(each -> each.kind().equals("audio")).findFirst().orElseThrow(),
          440);
      MediaRecorder recorder = MediaRecorder.toFile(new MediaStream(tracks), file);
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      recorder.onStop(_ -> stopped.complete(null));
      recorder.start();
      long begun = System.nanoTime();
      // A file that lasts: its size tells when media comes, its duration is then compared.
      page.evaluate(
          "new Promise((resolve) => setTimeout(resolve, " + (int) (SECONDS * 1_000) + "))");
      recorder.stop();
      double lasted = (System.nanoTime() - begun) / 1e9;
      await(stopped);
      check(file, codec, lasted);
    }
  }

  private void check(Path file, String codec, double lasted) throws Exception {
    String codecs =
        run(
            "ffprobe",
            "-v",
            "error",
            "-show_entries",
            "stream=codec_name",
            "-of",
            "csv=p=0",
            file.toString());
    String expected = codec.substring("video/".length()).toLowerCase(java.util.Locale.ROOT);
    assertThat(codecs.lines()).containsExactlyInAnyOrder("opus", expected);
    double duration =
        Double.parseDouble(
            run(
                "ffprobe",
                "-v",
                "error",
                "-show_entries",
                "format=duration",
                "-of",
                "csv=p=0",
                file.toString()));
    // Until the first key frame nothing is written.
    assertThat(duration).isBetween(lasted - 2.5, lasted + 0.5);

    Path pictures = folder.resolve("decoded.y4m");
    assertThat(
            run(
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                file.toString(),
                "-map",
                "0:v",
                "-fps_mode",
                "passthrough",
                "-pix_fmt",
                "yuv420p",
                pictures.toString()))
        .as("errors of ffmpeg")
        .isEmpty();
    int readable = 0;
    int all = 0;
    int last = -1;
    try (Y4mReader reader = Y4mReader.open(pictures)) {
      for (VideoFrame frame = reader.read(); frame != null; frame = reader.read()) {
        all++;
        int number = FrameCounter.read(frame).orElse(-1);
        if (number >= 0) {
          readable++;
          assertThat(number).isGreaterThanOrEqualTo(last);
          last = number;
        }
      }
    }
    System.out.printf(
        "%s: %.2f s recorded, %d pictures, %d readable%n", codec, duration, all, readable);
    assertThat(all).isGreaterThan((int) (duration * 8));
    assertThat(readable).isGreaterThan(all * 9 / 10);

    Path wav = folder.resolve("decoded.wav");
    run("ffmpeg", "-v", "error", "-y", "-i", file.toString(), "-map", "0:a", wav.toString());
    try (WavReader reader = WavReader.open(wav)) {
      int rate = reader.format().rateHz();
      int channels = reader.format().channels();
      short[] pcm = new short[2 * rate * channels];
      int frames = reader.read(pcm, 0, 2 * rate);
      short[] mono = new short[frames];
      for (int i = 0; i < frames; i++) {
        mono[i] = pcm[i * channels];
      }
      Goertzel tone = new Goertzel(rate, 440);
      tone.add(mono, frames / 2, frames / 4);
      assertThat(tone.share()).isGreaterThan(0.9);
    }
  }
}
