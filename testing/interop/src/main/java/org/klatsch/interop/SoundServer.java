package org.klatsch.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A PulseAudio daemon of its own with a loudspeaker that nobody hears. Firefox runs its audio by
/// the clock of a sound device and without one not at all.
final class SoundServer implements AutoCloseable {
  private static final String PROGRAM = "pulseaudio";

  private final BrowserProcess process;
  private final Path socket;

  private SoundServer(BrowserProcess process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  static boolean isInstalled() {
    return Programs.find(PROGRAM) != null;
  }

  static SoundServer start() throws IOException {
    // A socket's path has at most 107 bytes, so the folder is not where the build keeps its own.
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "klatsch-pulse-");
    Path socket = folder.resolve("native");
    BrowserProcess process =
        BrowserProcess.start(
            List.of(
                Programs.require(PROGRAM).toString(),
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--disable-shm=yes",
                "-n",
                "-L",
                "module-null-sink",
                "-L",
                "module-native-protocol-unix auth-anonymous=1 socket=" + socket),
            folder,
            Map.of(
                "HOME", folder.toString(),
                "PULSE_RUNTIME_PATH", folder.toString(),
                "XDG_RUNTIME_DIR", folder.toString()));
    process.awaitFile(socket);
    return new SoundServer(process, socket);
  }

  /// What a client's environment needs.
  Map<String, String> environment() {
    return Map.of("PULSE_SERVER", "unix:" + socket);
  }

  @Override
  public void close() {
    process.close();
  }
}
