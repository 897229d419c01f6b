package org.klatsch.stun;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// A received STUN message, read in place: a view of borrowed bytes, valid as long as they are. One
/// object serves many packets by [#reset]. Not thread-safe.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                         Magic Cookie                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     Transaction ID (96 bits)                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// Attributes behind MESSAGE-INTEGRITY, which it does not protect, do not exist for a reader, RFC
/// 8489 §14.5; of several attributes of one type only the first counts, §14.
public final class StunMessage {
  /// Length of the header in bytes, RFC 8489 §5.
  public static final int HEADER_LENGTH = 20;

  /// The fixed value of bytes 4 to 7, RFC 8489 §5.
  public static final int MAGIC_COOKIE = 0x2112a442;

  private static final byte[] NOTHING = {};
  private static final int[] NO_TYPES = {};

  private byte[] array = NOTHING;
  private int offset;
  private int length;
  private int type;
  private int attributesEnd;
  private int integrityAt;
  private int integritySha256At;
  private int fingerprintAt;

  /// A view of nothing, to be [#reset].
  public StunMessage() {}

  /// Whether the bytes look like STUN as opposed to DTLS, SRTP and the like: the two zero bits, the
  /// magic cookie and a plausible length, RFC 7983 §7 and RFC 8489 §6.3.
  public static boolean looksLikeStun(byte[] buffer, int offset, int length) {
    return length >= HEADER_LENGTH
        && (buffer[offset] & 0xc0) == 0
        && i32(buffer, offset + 4) == MAGIC_COOKIE
        && (buffer[offset + 3] & 3) == 0
        && u16(buffer, offset + 2) + HEADER_LENGTH == length;
  }

  /// Parses one whole message.
  public static StunMessage parse(byte[] buffer, int offset, int length)
      throws MalformedStunException {
    StunMessage message = new StunMessage();
    message.reset(buffer, offset, length);
    return message;
  }

  /// Parses another message with this object; after an exception it shows an empty message.
  public void reset(byte[] buffer, int messageOffset, int messageLength)
      throws MalformedStunException {
    Objects.checkFromIndexSize(messageOffset, messageLength, buffer.length);
    array = NOTHING;
    length = 0;
    attributesEnd = 0;
    integrityAt = -1;
    integritySha256At = -1;
    fingerprintAt = -1;
    if (messageLength < HEADER_LENGTH) {
      throw new MalformedStunException("a header has 20 bytes, not " + messageLength);
    }
    if ((buffer[messageOffset] & 0xc0) != 0) {
      throw new MalformedStunException("the first two bits must be zero");
    }
    if (i32(buffer, messageOffset + 4) != MAGIC_COOKIE) {
      throw new MalformedStunException("no magic cookie");
    }
    int declared = u16(buffer, messageOffset + 2);
    if (declared % 4 != 0 || declared + HEADER_LENGTH != messageLength) {
      throw new MalformedStunException(
          "length field " + declared + " in a message of " + messageLength + " bytes");
    }
    scan(buffer, messageOffset, messageOffset + messageLength);
    array = buffer;
    offset = messageOffset;
    length = messageLength;
    type = u16(buffer, messageOffset);
  }

  private void scan(byte[] buffer, int start, int end) throws MalformedStunException {
    int visibleEnd = -1;
    int at = start + HEADER_LENGTH;
    while (at < end) {
      int attributeType = u16(buffer, at);
      int next = at + 4 + padded(u16(buffer, at + 2));
      if (next > end) {
        throw new MalformedStunException(
            "attribute 0x" + Integer.toHexString(attributeType) + " reaches beyond the message");
      }
      switch (attributeType) {
        case StunAttributeType.MESSAGE_INTEGRITY -> {
          if (integrityAt < 0 && integritySha256At < 0) {
            integrityAt = at;
            visibleEnd = at;
          }
        }
        case StunAttributeType.MESSAGE_INTEGRITY_SHA256 -> {
          if (integritySha256At < 0) {
            integritySha256At = at;
            visibleEnd = visibleEnd < 0 ? at : visibleEnd;
          }
        }
        case StunAttributeType.FINGERPRINT -> {
          if (next != end) {
            throw new MalformedStunException("FINGERPRINT is not the last attribute");
          }
          fingerprintAt = at;
          visibleEnd = visibleEnd < 0 ? at : visibleEnd;
        }
        default -> {}
      }
      at = next;
    }
    attributesEnd = visibleEnd < 0 ? end : visibleEnd;
  }

  /// The borrowed array.
  public byte[] array() {
    return array;
  }

  /// Index of the header in [#array()].
  public int offset() {
    return offset;
  }

  /// Length of the whole message in bytes.
  public int length() {
    return length;
  }

  /// Request, indication or response.
  public StunClass messageClass() {
    return StunClass.ofType(type);
  }

  /// The 12-bit method, as in [StunMethod].
  public int method() {
    return StunClass.methodOf(type);
  }

  /// Whether this is a message of that class and method.
  public boolean is(StunClass messageClass, int method) {
    return type == messageClass.type(method);
  }

  /// The transaction's identifier, as a new object.
  public TransactionId transactionId() {
    return new TransactionId(i32(array, offset + 8), i64(array, offset + 12));
  }

  /// Whether this message belongs to that transaction.
  public boolean belongsTo(TransactionId id) {
    return i32(array, offset + 8) == id.high() && i64(array, offset + 12) == id.low();
  }

  /// Index in [#array()] of the first attribute of that type, or -1.
  public int find(int attributeType) {
    return switch (attributeType) {
      case StunAttributeType.MESSAGE_INTEGRITY -> integrityAt;
      case StunAttributeType.MESSAGE_INTEGRITY_SHA256 -> integritySha256At;
      case StunAttributeType.FINGERPRINT -> fingerprintAt;
      default -> search(attributeType);
    };
  }

  private int search(int attributeType) {
    for (int at = offset + HEADER_LENGTH; at < attributesEnd; at = next(at)) {
      if (u16(array, at) == attributeType) {
        return at;
      }
    }
    return -1;
  }

  /// Whether there is an attribute of that type.
  public boolean has(int attributeType) {
    return find(attributeType) >= 0;
  }

  /// Length in bytes of the value of the attribute at an index given by [#find].
  public int valueLength(int at) {
    return u16(array, at + 2);
  }

  /// Index in [#array()] of the value of the attribute at an index given by [#find].
  public int valueOffset(int at) {
    return at + 4;
  }

  /// The value of an attribute as a copy, or null when there is none.
  public byte @Nullable [] bytes(int attributeType) {
    int at = find(attributeType);
    return at < 0 ? null : Arrays.copyOfRange(array, at + 4, at + 4 + valueLength(at));
  }

  /// Whether the attribute exists and its value is exactly these bytes.
  public boolean valueEquals(int attributeType, byte[] expected) {
    int at = find(attributeType);
    return at >= 0
        && Arrays.equals(array, at + 4, at + 4 + valueLength(at), expected, 0, expected.length);
  }

  /// The value of an attribute as UTF-8 text, or null when there is none.
  public @Nullable String text(int attributeType) {
    int at = find(attributeType);
    return at < 0 ? null : new String(array, at + 4, valueLength(at), StandardCharsets.UTF_8);
  }

  /// The 32 bits of an attribute such as PRIORITY, unsigned, or -1 when there is none.
  public long u32(int attributeType) throws MalformedStunException {
    int at = findOfLength(attributeType, 4);
    return at < 0 ? -1 : Integer.toUnsignedLong(i32(array, at + 4));
  }

  /// The 64 bits of an attribute such as ICE-CONTROLLING that is known to be there.
  public long i64(int attributeType) throws MalformedStunException {
    int at = findOfLength(attributeType, 8);
    if (at < 0) {
      throw new MalformedStunException(
          "attribute 0x" + Integer.toHexString(attributeType) + " is missing");
    }
    return i64(array, at + 4);
  }

  private int findOfLength(int attributeType, int expected) throws MalformedStunException {
    int at = find(attributeType);
    if (at >= 0 && valueLength(at) != expected) {
      throw new MalformedStunException(
          "attribute 0x"
              + Integer.toHexString(attributeType)
              + " has "
              + valueLength(at)
              + " bytes, not "
              + expected);
    }
    return at;
  }

  /// A plain address such as MAPPED-ADDRESS, or null when there is none, RFC 8489 §14.1.
  public @Nullable TransportAddress address(int attributeType) throws MalformedStunException {
    int at = find(attributeType);
    return at < 0 ? null : StunAddress.decode(array, at + 4, valueLength(at));
  }

  /// An address that is combined with the magic cookie and the transaction's identifier, such as
  /// XOR-MAPPED-ADDRESS, or null when there is none, RFC 8489 §14.2.
  public @Nullable TransportAddress xorAddress(int attributeType) throws MalformedStunException {
    int at = find(attributeType);
    return at < 0
        ? null
        : StunAddress.decodeXor(
            array, at + 4, valueLength(at), i32(array, offset + 8), i64(array, offset + 12));
  }

  /// The ERROR-CODE, 300 to 699, or -1 when there is none, RFC 8489 §14.8.
  public int errorCode() throws MalformedStunException {
    int at = find(StunAttributeType.ERROR_CODE);
    if (at < 0) {
      return -1;
    }
    if (valueLength(at) < 4) {
      throw new MalformedStunException("ERROR-CODE has " + valueLength(at) + " bytes");
    }
    int hundreds = array[at + 6] & 7;
    int number = array[at + 7] & 0xff;
    if (hundreds < 3 || hundreds > 6 || number > 99) {
      throw new MalformedStunException("ERROR-CODE " + hundreds + "/" + number);
    }
    return hundreds * 100 + number;
  }

  /// The types of all comprehension-required attributes that are not among `understood` (sorted
  /// ascending), RFC 8489 §6.3. The attributes of integrity need not be listed.
  public int[] unknownRequired(int... understood) {
    int[] unknown = NO_TYPES;
    for (int at = offset + HEADER_LENGTH; at < attributesEnd; at = next(at)) {
      int attributeType = u16(array, at);
      if (!StunAttributeType.isComprehensionOptional(attributeType)
          && Arrays.binarySearch(understood, attributeType) < 0) {
        unknown = Arrays.copyOf(unknown, unknown.length + 1);
        unknown[unknown.length - 1] = attributeType;
      }
    }
    return unknown;
  }

  /// All attributes that count for a reader, in order, as values of their own.
  public List<StunAttribute> attributes() throws MalformedStunException {
    List<StunAttribute> attributes = new ArrayList<>();
    for (int at = offset + HEADER_LENGTH; at < attributesEnd; at = next(at)) {
      attributes.add(StunAttributeCodec.decode(this, at));
    }
    if (integrityAt >= 0) {
      attributes.add(StunAttributeCodec.decode(this, integrityAt));
    }
    if (integritySha256At >= 0) {
      attributes.add(StunAttributeCodec.decode(this, integritySha256At));
    }
    if (fingerprintAt >= 0) {
      attributes.add(StunAttributeCodec.decode(this, fingerprintAt));
    }
    return attributes;
  }

  private int next(int at) {
    return at + 4 + padded(valueLength(at));
  }

  static int padded(int length) {
    return length + 3 & ~3;
  }

  static int u16(byte[] array, int index) {
    return (array[index] & 0xff) << 8 | array[index + 1] & 0xff;
  }

  static int i32(byte[] array, int index) {
    return u16(array, index) << 16 | u16(array, index + 2);
  }

  static long i64(byte[] array, int index) {
    return (long) i32(array, index) << 32 | Integer.toUnsignedLong(i32(array, index + 4));
  }

  @Override
  public String toString() {
    return length == 0
        ? "StunMessage[empty]"
        : "StunMessage["
            + messageClass()
            + ", method 0x"
            + Integer.toHexString(method())
            + ", "
            + transactionId()
            + ", "
            + length
            + " bytes]";
  }
}
