package org.klatsch.media;

/// A header extension that both sides agreed on, `a=extmap` of RFC 8285 §5.
///
/// @param uri names it
/// @param id 1 to 255 except 15; 1 to 14 fit the one-byte form
public record RtpHeaderExtension(String uri, int id) {
  public RtpHeaderExtension {
    if (id < 1 || id > 255) {
      throw new IllegalArgumentException("id " + id + " of " + uri + ", expected 1 to 255");
    }
  }
}
