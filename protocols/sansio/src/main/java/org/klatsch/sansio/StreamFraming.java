package org.klatsch.sansio;

/// How packets stand in a byte stream (TCP, TLS): cuts what comes in, frames what goes out. One
/// object serves one stream. Not thread-safe.
public interface StreamFraming {
  /// Takes bytes of the stream; they are copied.
  void handleBytes(byte[] bytes, int offset, int length);

  /// Goes to the next whole packet, which [#buffer], [#packetOffset] and [#packetLength] then
  /// describe until the next call of [#handleBytes].
  ///
  /// @return false when more bytes are needed
  /// @throws MalformedPacketException when the stream cannot be followed any further; close it
  boolean next() throws MalformedPacketException;

  byte[] buffer();

  int packetOffset();

  int packetLength();

  /// Bytes that go before every outgoing packet.
  default int headerLength() {
    return 0;
  }

  /// Writes those bytes.
  default void writeHeader(byte[] target, int offset, int packetLength) {}
}
