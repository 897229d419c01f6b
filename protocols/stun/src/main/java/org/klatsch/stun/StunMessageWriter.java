package org.klatsch.stun;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Writes a STUN message in place, attribute by attribute; the header's length is right after each.
/// One object serves many messages. Not thread-safe.
///
/// Integrity comes behind all attributes that it protects, FINGERPRINT last.
public final class StunMessageWriter {
  private static final byte[] NOTHING = {};

  private final PacketWriter out = new PacketWriter(0);
  private int idHigh;
  private long idLow;

  /// A writer of nothing, to be started.
  public StunMessageWriter() {}

  /// Starts a message at the position of `buffer`; the caller commits [#length()].
  public StunMessageWriter start(
      TransmitBuffer buffer, StunClass messageClass, int method, TransactionId id) {
    return start(buffer.array(), buffer.position(), buffer.remaining(), messageClass, method, id);
  }

  /// Starts a message of at most `room` bytes.
  public StunMessageWriter start(
      byte[] array, int offset, int room, StunClass messageClass, int method, TransactionId id) {
    return start(array, offset, room, messageClass, method, id.high(), id.low());
  }

  /// Starts the response to a request, with its method and transaction identifier.
  public StunMessageWriter startResponse(
      byte[] array, int offset, int room, StunClass messageClass, StunMessage request) {
    byte[] source = request.array();
    return start(
        array,
        offset,
        room,
        messageClass,
        request.method(),
        StunMessage.i32(source, request.offset() + 8),
        StunMessage.i64(source, request.offset() + 12));
  }

  private StunMessageWriter start(
      byte[] array, int offset, int room, StunClass messageClass, int method, int high, long low) {
    idHigh = high;
    idLow = low;
    out.reset(array, offset, room);
    out.u16(messageClass.type(method)).u16(0).u32(StunMessage.MAGIC_COOKIE).u32(high).u64(low);
    return this;
  }

  /// Adds an attribute without value, such as USE-CANDIDATE.
  public StunMessageWriter flag(int type) {
    return bytes(type, NOTHING);
  }

  /// Adds an attribute of 32 bits.
  public StunMessageWriter u32(int type, long value) {
    out.u16(type).u16(4).u32((int) value);
    return updateLength();
  }

  /// Adds an attribute of 64 bits.
  public StunMessageWriter u64(int type, long value) {
    out.u16(type).u16(8).u64(value);
    return updateLength();
  }

  /// Adds an attribute of any bytes.
  public StunMessageWriter bytes(int type, byte[] value) {
    return bytes(type, value, 0, value.length);
  }

  /// Adds an attribute of any bytes.
  public StunMessageWriter bytes(int type, byte[] value, int offset, int length) {
    if (length > 0xffff) {
      throw new IllegalArgumentException("a value has at most 65535 bytes, not " + length);
    }
    out.u16(type).u16(length).bytes(value, offset, length).zeros(-length & 3);
    return updateLength();
  }

  /// Adds an attribute of UTF-8 text.
  public StunMessageWriter text(int type, String value) {
    return bytes(type, value.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds a plain address, RFC 8489 §14.1.
  public StunMessageWriter address(int type, TransportAddress address) {
    out.u16(type).u16(StunAddress.length(address));
    StunAddress.encode(out, address);
    return updateLength();
  }

  /// Adds an address combined with cookie and identifier, RFC 8489 §14.2.
  public StunMessageWriter xorAddress(int type, TransportAddress address) {
    out.u16(type).u16(StunAddress.length(address));
    StunAddress.encodeXor(out, address, idHigh, idLow);
    return updateLength();
  }

  /// Adds ERROR-CODE with the code's usual phrase, RFC 8489 §14.8.
  public StunMessageWriter error(int code) {
    return error(code, StunErrorCode.reason(code));
  }

  /// Adds ERROR-CODE, RFC 8489 §14.8.
  public StunMessageWriter error(int code, String reason) {
    if (code < 300 || code > 699) {
      throw new IllegalArgumentException("error code " + code + " is not in 300 to 699");
    }
    byte[] phrase = reason.getBytes(StandardCharsets.UTF_8);
    out.u16(StunAttributeType.ERROR_CODE).u16(4 + phrase.length);
    out.u16(0).u8(code / 100).u8(code % 100).bytes(phrase).zeros(-phrase.length & 3);
    return updateLength();
  }

  /// Adds UNKNOWN-ATTRIBUTES, RFC 8489 §14.13.
  public StunMessageWriter unknownAttributes(int[] types) {
    out.u16(StunAttributeType.UNKNOWN_ATTRIBUTES).u16(2 * types.length);
    for (int type : types) {
      out.u16(type);
    }
    out.zeros(-2 * types.length & 3);
    return updateLength();
  }

  /// Adds attributes given as values; integrity and FINGERPRINT among them are copied, not
  /// computed.
  public StunMessageWriter add(Collection<? extends StunAttribute> attributes) {
    for (StunAttribute attribute : attributes) {
      StunAttributeCodec.encode(this, attribute);
    }
    return this;
  }

  /// Adds an attribute given as a value.
  public StunMessageWriter add(StunAttribute attribute) {
    StunAttributeCodec.encode(this, attribute);
    return this;
  }

  /// Adds the integrity of all that was written before, RFC 8489 §14.5 and §14.6.
  public StunMessageWriter integrity(MessageIntegrity integrity) {
    int at = out.position();
    out.u16(integrity.attributeType()).u16(integrity.length()).zeros(integrity.length());
    updateLength();
    integrity.sign(out.array(), out.start(), at);
    return this;
  }

  /// Adds FINGERPRINT, RFC 8489 §14.7; nothing may follow.
  public StunMessageWriter fingerprint() {
    int at = out.position();
    out.u16(StunAttributeType.FINGERPRINT).u16(4).zeros(4);
    updateLength();
    out.u32At(at + 4, Fingerprint.compute(out.array(), out.start(), at - out.start()));
    return this;
  }

  private StunMessageWriter updateLength() {
    out.u16At(out.start() + 2, out.length() - StunMessage.HEADER_LENGTH);
    return this;
  }

  /// Length of the message so far in bytes.
  public int length() {
    return out.length();
  }

  /// How many bytes may still be written.
  public int remaining() {
    return out.remaining();
  }

  /// A copy of the message.
  public byte[] toByteArray() {
    return out.toByteArray();
  }
}
