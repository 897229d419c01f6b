package org.klatsch.stun;

/// The class of a STUN message, the bits C1 and C0 of its type, RFC 8489 §5.
public enum StunClass {
  REQUEST,
  INDICATION,
  SUCCESS_RESPONSE,
  ERROR_RESPONSE;

  private static final StunClass[] BY_BITS = values();

  /// The class in a message type: C0 is bit 4, C1 is bit 8.
  static StunClass ofType(int type) {
    return BY_BITS[type >>> 4 & 1 | type >>> 7 & 2];
  }

  /// The message type of this class and a method, whose 12 bits surround those of the class.
  ///
  /// ```
  ///  13 12 11 10  9  8  7  6  5  4  3  2  1  0
  /// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+
  /// |M11 … M7|C1|M6 … M4|C0|M3  …  M0|
  /// ```
  int type(int method) {
    if (method < 0 || method > 0xfff) {
      throw new IllegalArgumentException("method " + method + " is not in 0 to 4095");
    }
    return (method & 0xf80) << 2
        | (method & 0x070) << 1
        | method & 0x00f
        | (ordinal() & 1) << 4
        | (ordinal() & 2) << 7;
  }

  /// The method in a message type.
  static int methodOf(int type) {
    return (type & 0x3e00) >>> 2 | (type & 0x00e0) >>> 1 | type & 0x000f;
  }
}
