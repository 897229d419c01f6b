package org.klatsch.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// Sees when the files of the certificate were changed: once both have stayed as they are for a
/// look, since they are rarely written at once. Confined to one thread.
final class CertificateWatch {
  private final TlsOptions.Files files;
  private String loaded;
  private @Nullable String changed;

  CertificateWatch(TlsOptions.Files files) {
    this.files = files;
    loaded = state();
  }

  /// Whether to load them again. To be called every second or so.
  boolean look() {
    String now = state();
    if (now.equals(loaded)) {
      changed = null;
      return false;
    }
    if (!now.equals(changed)) {
      changed = now;
      return false;
    }
    loaded = now;
    changed = null;
    return true;
  }

  private String state() {
    return state(files.certificate()) + state(files.key());
  }

  private static String state(Path file) {
    try {
      FileTime time = Files.getLastModifiedTime(file);
      return time + "/" + Files.size(file) + " ";
    } catch (IOException e) {
      return "none ";
    }
  }
}
