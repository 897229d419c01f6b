package org.klatsch.webrtc;

import java.util.Arrays;

/// Finds enum constants by their W3C strings.
final class EnumNames {
  private EnumNames() {}

  static <E extends Enum<E>> E of(E[] constants, String value) {
    for (E constant : constants) {
      if (constant.toString().equals(value)) {
        return constant;
      }
    }
    throw DOMException.typeError("\"" + value + "\" is none of " + Arrays.toString(constants));
  }
}
