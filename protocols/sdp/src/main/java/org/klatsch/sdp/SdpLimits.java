package org.klatsch.sdp;

/// Caps for text from strangers. A description beyond one of them is refused, never cut.
///
/// @param maxLength characters in all. Default 1 Mi: a conference of a few hundred m-sections has
///   about half of that
/// @param maxLineLength characters of a line. Default 16 Ki: the longest in use are identity
///   assertions and keys of a few thousand
/// @param maxLines default 20,000
/// @param maxMediaDescriptions default 1,024
public record SdpLimits(int maxLength, int maxLineLength, int maxLines, int maxMediaDescriptions) {
  public static final SdpLimits DEFAULT = new SdpLimits(1 << 20, 1 << 14, 20_000, 1024);

  public SdpLimits {
    Grammar.requireRange("maxLength", maxLength, 1, Integer.MAX_VALUE);
    Grammar.requireRange("maxLineLength", maxLineLength, 1, Integer.MAX_VALUE);
    Grammar.requireRange("maxLines", maxLines, 1, Integer.MAX_VALUE);
    Grammar.requireRange("maxMediaDescriptions", maxMediaDescriptions, 0, Integer.MAX_VALUE);
  }
}
