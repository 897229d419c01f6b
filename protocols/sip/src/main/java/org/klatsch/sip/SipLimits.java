package org.klatsch.sip;

/// Caps for text from strangers. A message beyond one of them is refused, never cut.
///
/// @param maxMessageLength bytes in all. Default 65,535: what a UDP datagram can hold at most, and
///   far more than descriptions with many candidates take
/// @param maxHeaderLength bytes of start line and headers. Default 32 Ki: long routes with tokens
///   have a few thousand
/// @param maxHeaders header lines, continuation lines not counted. Default 256
/// @param maxValues values of all headers, where one line may list many. Default 512
public record SipLimits(int maxMessageLength, int maxHeaderLength, int maxHeaders, int maxValues) {
  public static final SipLimits DEFAULT = new SipLimits(65_535, 1 << 15, 256, 512);

  public SipLimits {
    if (maxMessageLength < 1 || maxHeaderLength < 1 || maxHeaders < 1 || maxValues < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: "
              + maxMessageLength
              + ", "
              + maxHeaderLength
              + ", "
              + maxHeaders
              + ", "
              + maxValues);
    }
  }
}
