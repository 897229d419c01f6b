package org.klatsch.codecs.opus;

/// Opus over concentus. Public only because `ServiceLoader` on the class path wants it.
public final class ConcentusCodecs extends OpusProvider {
  private static final OpusLibrary LIBRARY = new Concentus();

  /// For `ServiceLoader`.
  public ConcentusCodecs() {}

  @Override
  public String name() {
    return "concentus";
  }

  @Override
  OpusLibrary library() {
    return LIBRARY;
  }
}
