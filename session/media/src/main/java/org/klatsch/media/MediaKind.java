package org.klatsch.media;

/// The kind of a media section or track, RFC 8866 §5.14 `m=`.
public enum MediaKind {
  AUDIO("audio"),
  VIDEO("video");

  private final String token;

  MediaKind(String token) {
    this.token = token;
  }

  /// The token of `m=` lines and media types.
  @Override
  public String toString() {
    return token;
  }
}
