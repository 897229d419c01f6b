package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A message of a data channel, HTML §9.1.
public final class MessageEvent extends Event {
  private final Object data;

  /// @param data a `String`, a `byte[]` or a `ByteBuffer`
  public MessageEvent(String type, Object data) {
    super(type);
    this.data = data;
  }

  /// The message: a `String` for text; for binary a `byte[]` or a read-only `ByteBuffer`, as
  /// [RTCDataChannel#binaryType()] says. The receiver owns it.
  public Object data() {
    return data;
  }

  /// Whether this is a text message.
  public boolean isText() {
    return data instanceof String;
  }

  /// The text, or null for a binary message.
  public @Nullable String text() {
    return data instanceof String text ? text : null;
  }

  /// The bytes of a binary message, or null for text.
  public byte @Nullable [] bytes() {
    return switch (data) {
      case byte[] bytes -> bytes;
      case java.nio.ByteBuffer buffer -> {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        yield copy;
      }
      default -> null;
    };
  }
}
