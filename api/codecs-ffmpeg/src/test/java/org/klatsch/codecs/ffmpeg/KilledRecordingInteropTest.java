package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.recorder.Recorder;

/// Recordings that were cut off, as ffprobe sees them.
@Tag("interop")
@Timeout(120)
class KilledRecordingInteropTest {
  /// What a kill may cost.
  private static final double LOST_SECONDS = 1.6;

  @TempDir private Path folder;

  @BeforeAll
  static void needsFfprobe() throws Exception {
    Ffmpeg.require();
  }

  @ParameterizedTest
  @EnumSource(FileFormat.class)
  void playsUpToTheLastSecondAfterItsProcessWasKilled(FileFormat format) throws Exception {
    Path file = folder.resolve("killed." + format);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RecordingProcess.class.getName(),
                format.name(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    double recorded = 0;
    try (BufferedReader lines = process.inputReader()) {
      while (recorded < 6) {
        recorded = Integer.parseInt(lines.readLine()) / 1_000.0;
      }
      process.destroyForcibly();
      process.waitFor();
    }
    assertThat(Ffmpeg.lastPacket(file)).isGreaterThan(recorded - LOST_SECONDS);
    assertThat(Ffmpeg.duration(file)).isGreaterThan(recorded - LOST_SECONDS - 0.5);
  }

  @ParameterizedTest
  @EnumSource(FileFormat.class)
  void playsWhereverItWasCut(FileFormat format) throws Exception {
    Path file = folder.resolve("whole." + format);
    try (Recorder recorder =
        new Recorder(
            format,
            Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            format.holdsVideo() ? 2 : 1)) {
      RecordingProcess.record(format, recorder, 300);
    }
    byte[] whole = Files.readAllBytes(file);
    assertThat(Ffmpeg.duration(file)).isBetween(5.9, 6.1);
    Path cut = folder.resolve("cut." + format);
    Random random = new Random(5);
    for (int i = 0; i < 6; i++) {
      int length = random.nextInt(whole.length / 3, whole.length);
      Files.write(cut, Arrays.copyOf(whole, length));
      double share = (double) length / whole.length;
      assertThat(Ffmpeg.lastPacket(cut))
          .as("%s cut to %d of %d bytes", format, length, whole.length)
          .isGreaterThan(6 * share - 2.5);
    }
  }
}
