package org.klatsch.webrtc;

/// How audio is encoded, W3C MediaStream Recording §2.4.
public enum BitrateMode {
  CONSTANT("constant"),
  VARIABLE("variable");

  private final String value;

  BitrateMode(String value) {
    this.value = value;
  }

  public static BitrateMode of(String value) {
    return EnumNames.of(values(), value);
  }

  @Override
  public String toString() {
    return value;
  }
}
