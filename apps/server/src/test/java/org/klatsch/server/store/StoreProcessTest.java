package org.klatsch.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a process leaves behind that ends in the middle of writing.
@Timeout(60)
final class StoreProcessTest {
  @TempDir Path directory;

  private Process writer(String shell, int filling) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    return new ProcessBuilder(
            "sh",
            "-c",
            shell + "exec \"$@\"",
            "writer",
            java,
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            classPath,
            StoreWriter.class.getName(),
            directory.toString(),
            String.valueOf(filling))
        .redirectError(new File("/dev/null"))
        .start();
  }

  private List<String> found() throws IOException {
    try (Store store = JournalStore.open(directory, SyncPolicy.NEVER, InstantSource.system())) {
      return store.items("log", 0, Integer.MAX_VALUE).stream()
          .map(item -> new String(item.value(), StandardCharsets.UTF_8).replaceFirst(" .*", ""))
          .toList();
    }
  }

  @Test
  void aProcessThatIsKilledLosesNothingThatItSaidWasWritten() throws Exception {
    Process process = writer("", 200);
    int last = -1;
    try (BufferedReader out = process.inputReader()) {
      while (last < 500) {
        last = Integer.parseInt(out.readLine());
      }
      process.toHandle().destroyForcibly();
      process.waitFor();
      // What it still said before it was gone counts too.
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.matches("[0-9]+")) {
          last = Math.max(last, Integer.parseInt(line));
        }
      }
    }
    List<String> found = found();
    assertThat(found).hasSizeGreaterThan(last).startsWith("0", "1", "2");
    assertThat(found.getLast()).isEqualTo(String.valueOf(found.size() - 1));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskCostsTheWriteThatDoesNotFitAndNoOther() throws Exception {
    // In place of a full disk: files of this process end at 64 blocks of 512 or 1024 bytes.
    Process process = writer("ulimit -f 64; ", 5_000);
    String end = "";
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        end = line;
      }
    }
    assertThat(process.waitFor()).isZero();
    assertThat(end).startsWith("full after ");
    int written = Integer.parseInt(end.replaceAll("[^0-9]", ""));
    assertThat(written).isPositive();
    List<String> found = found();
    boolean less = end.endsWith("less the first");
    assertThat(found).hasSize(less ? written - 1 : written);
    assertThat(found.getFirst()).isEqualTo(less ? "1" : "0");
    assertThat(found.getLast()).isEqualTo(String.valueOf(written - 1));
  }
}
