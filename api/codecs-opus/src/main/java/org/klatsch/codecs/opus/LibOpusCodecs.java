package org.klatsch.codecs.opus;

import org.jspecify.annotations.Nullable;

/// Opus over the system's libopus, where that is installed and native access is enabled
/// (`--enable-native-access`); without either it offers nothing and says nothing. Public only
/// because `ServiceLoader` on the class path wants it.
public final class LibOpusCodecs extends OpusProvider {
  /// For `ServiceLoader`.
  public LibOpusCodecs() {}

  @Override
  public String name() {
    return "libopus";
  }

  /// Before concentus: it does the same at about half the cost.
  @Override
  public int preference() {
    return 1;
  }

  @Override
  @Nullable OpusLibrary library() {
    return LibOpus.installed();
  }
}
