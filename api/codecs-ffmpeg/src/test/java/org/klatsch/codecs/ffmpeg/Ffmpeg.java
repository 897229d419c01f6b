package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The programs ffprobe and ffmpeg.
final class Ffmpeg {
  private Ffmpeg() {}

  /// Aborts the test, or with `-Dklatsch.requireAll` fails it, where they are missing.
  static void require() throws Exception {
    boolean found;
    try {
      found = run(List.of("ffprobe", "-version")).contains("ffprobe version");
    } catch (IOException e) {
      found = false;
    }
    if (Boolean.getBoolean("klatsch.requireAll")) {
      assertThat(found).as("ffprobe is installed").isTrue();
    }
    assumeThat(found).as("ffprobe is installed").isTrue();
  }

  /// Runs a program and gives what it prints.
  static String run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("klatsch", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } finally {
      Files.delete(output);
    }
  }

  /// Seconds of a file as ffprobe says.
  static double duration(Path file) throws Exception {
    String said =
        run(List.of(
                "ffprobe",
                "-v",
                "error",
                "-show_entries",
                "format=duration",
                "-of",
                "csv=p=0",
                file.toString()))
            .strip();
    assertThat(said).as("what ffprobe says of %s", file.getFileName()).matches("[0-9.]+");
    return Double.parseDouble(said);
  }

  /// When the last packet of any track is shown, in seconds; 0 when there is none. Damage at the
  /// end is complained of, but does not matter.
  static double lastPacket(Path file) throws Exception {
    String said =
        run(
            List.of(
                "ffprobe",
                "-v",
                "quiet",
                "-show_entries",
                "packet=pts_time",
                "-of",
                "csv=p=0",
                file.toString()));
    return said.lines()
        .map(line -> line.replace(",", "").strip())
        .filter(line -> line.matches("[0-9.]+"))
        .mapToDouble(Double::parseDouble)
        .max()
        .orElse(0);
  }
}
