package org.klatsch.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Programs that a test talks to, and what happens when one is missing.
public final class Programs {
  /// A program that is not installed. A test run with `-Dklatsch.requireAll` fails on it, another
  /// aborts.
  public static final class MissingProgramException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MissingProgramException(String message) {
      super(message);
    }
  }

  private Programs() {}

  /// The program of that name on the PATH, or null.
  public static @Nullable Path find(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program) && Files.isRegularFile(program)) {
        return program;
      }
    }
    return null;
  }

  /// The program of that name on the PATH.
  public static Path require(String name) {
    Path program = find(name);
    if (program == null) {
      throw new MissingProgramException(
          name + " is not on the PATH; .ci/run shows how it is installed");
    }
    return program;
  }

  /// The project's root folder.
  public static Path root() {
    Path folder = Path.of(System.getProperty("klatsch.root", ".")).toAbsolutePath().normalize();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not inside the project: " + Path.of("").toAbsolutePath());
    }
    return folder;
  }
}
