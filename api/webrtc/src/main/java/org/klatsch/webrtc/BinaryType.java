package org.klatsch.webrtc;

/// In which form binary messages are delivered, W3C WebRTC §6.2 `binaryType`.
public enum BinaryType {
  /// As a `byte[]`, the Java counterpart of an ArrayBuffer.
  ARRAYBUFFER("arraybuffer"),
  /// As a read-only `java.nio.ByteBuffer`.
  BYTEBUFFER("bytebuffer");

  private final String value;

  BinaryType(String value) {
    this.value = value;
  }

  /// The constant with the given string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static BinaryType of(String value) {
    return EnumNames.of(values(), value);
  }

  @Override
  public String toString() {
    return value;
  }
}
