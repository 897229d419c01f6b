package org.klatsch.rtp;

import java.util.Objects;
import org.klatsch.rtp.wire.Bytes;

/// A view of one RTP packet in a borrowed array, RFC 3550 §5.1. One view serves a hot path:
/// [#parse] starts over and allocates nothing. Not thread-safe.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |            contributing source (CSRC) identifiers             |
/// |      defined by profile       |           length              |
/// |                        header extension                       |
/// ```
public final class RtpPacket {
  /// Length of the header without CSRCs and extension.
  public static final int HEADER_LENGTH = 12;

  /// Profile of a block of one-byte elements, RFC 8285 §4.2.
  static final int ONE_BYTE_PROFILE = 0xbede;

  /// Profile of a block of two-byte elements without its four application bits, RFC 8285 §4.3.
  static final int TWO_BYTE_PROFILE = 0x1000;

  /// Elements kept of one packet; senders use at most about ten. Further ones are passed over.
  static final int MAX_ELEMENTS = 32;

  private static final byte[] EMPTY = new byte[HEADER_LENGTH];

  private byte[] array = EMPTY;
  private int offset;
  private int length;
  private int extensionOffset;
  private int extensionLength;
  private int extensionProfile;
  private int payloadOffset;
  private int payloadLength;
  private int paddingLength;
  private int elementCount;
  private final int[] elementIds = new int[MAX_ELEMENTS];
  private final int[] elementOffsets = new int[MAX_ELEMENTS];
  private final int[] elementLengths = new int[MAX_ELEMENTS];

  /// A view of nothing yet: an empty header.
  public RtpPacket() {}

  /// Whether the bytes are RTCP rather than RTP when both share a port, RFC 5761 §4: by the second
  /// byte. The caller knows already that the first byte is 128 to 191, RFC 7983.
  public static boolean isRtcp(byte[] array, int offset, int length) {
    if (length < 2) {
      return false;
    }
    int type = Bytes.u8(array, offset + 1);
    return type >= 192 && type <= 223;
  }

  /// Looks at another packet; the array is borrowed until the next call.
  public RtpPacket parse(byte[] array, int offset, int length) throws MalformedRtpException {
    Objects.checkFromIndexSize(offset, length, array.length);
    if (length < HEADER_LENGTH) {
      throw truncated(HEADER_LENGTH, length);
    }
    int first = Bytes.u8(array, offset);
    if (first >>> 6 != 2) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.VERSION, "version " + (first >>> 6) + " instead of 2");
    }
    int end = offset + length;
    int at = offset + HEADER_LENGTH + 4 * (first & 0x0f);
    int blockOffset = 0;
    int blockLength = 0;
    int profile = 0;
    if ((first & 0x10) != 0) {
      if (at + 4 > end) {
        throw truncated(at + 4 - offset, length);
      }
      profile = Bytes.u16(array, at);
      blockLength = 4 * Bytes.u16(array, at + 2);
      blockOffset = at + 4;
      at = blockOffset + blockLength;
    }
    if (at > end) {
      throw truncated(at - offset, length);
    }
    int padding = 0;
    if ((first & 0x20) != 0) {
      padding = at < end ? Bytes.u8(array, end - 1) : 0;
      if (padding == 0 || padding > end - at) {
        throw new MalformedRtpException(
            MalformedRtpException.Reason.PADDING,
            "padding of " + padding + " in " + (end - at) + " bytes");
      }
    }
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.extensionProfile = profile;
    this.extensionOffset = blockOffset;
    this.extensionLength = blockLength;
    this.payloadOffset = at;
    this.payloadLength = end - at - padding;
    this.paddingLength = padding;
    findElements();
    return this;
  }

  private static MalformedRtpException truncated(int expected, int present) {
    return new MalformedRtpException(
        MalformedRtpException.Reason.TRUNCATED,
        "RTP packet of " + present + " bytes, at least " + expected + " expected");
  }

  /// Finds the elements of the extension block, RFC 8285 §4.2 and §4.3. An element that reaches
  /// beyond the block ends the search: the media beside it is of use all the same.
  private void findElements() {
    elementCount = 0;
    boolean oneByte = extensionProfile == ONE_BYTE_PROFILE;
    if (!oneByte && (extensionProfile & 0xfff0) != TWO_BYTE_PROFILE) {
      return;
    }
    int end = extensionOffset + extensionLength;
    int at = extensionOffset;
    while (at < end && elementCount < MAX_ELEMENTS) {
      int id = Bytes.u8(array, at);
      if (id == 0) {
        at++;
        continue;
      }
      int elementLength;
      if (oneByte) {
        elementLength = (id & 0x0f) + 1;
        id >>>= 4;
        at++;
        // RFC 8285 §4.2: 15 is reserved and ends the processing. 0 with a length is no padding, but
        // no element either.
        if (id == 15) {
          return;
        }
      } else {
        if (at + 2 > end) {
          return;
        }
        elementLength = Bytes.u8(array, at + 1);
        at += 2;
      }
      if (elementLength > end - at) {
        return;
      }
      if (id != 0) {
        elementIds[elementCount] = id;
        elementOffsets[elementCount] = at;
        elementLengths[elementCount] = elementLength;
        elementCount++;
      }
      at += elementLength;
    }
  }

  /// The borrowed array.
  public byte[] array() {
    return array;
  }

  /// Index of the packet's first byte.
  public int offset() {
    return offset;
  }

  /// Length of the whole packet.
  public int length() {
    return length;
  }

  public boolean marker() {
    return array[offset + 1] < 0;
  }

  public int payloadType() {
    return array[offset + 1] & 0x7f;
  }

  public int sequenceNumber() {
    return Bytes.u16(array, offset + 2);
  }

  public int timestamp() {
    return Bytes.i32(array, offset + 4);
  }

  public int ssrc() {
    return Bytes.i32(array, offset + 8);
  }

  public int csrcCount() {
    return array[offset] & 0x0f;
  }

  /// The contributing source at `index`, from 0.
  public int csrc(int index) {
    return Bytes.i32(array, offset + HEADER_LENGTH + 4 * Objects.checkIndex(index, csrcCount()));
  }

  /// Whether there is an extension block, of any profile.
  public boolean hasExtensionBlock() {
    return (array[offset] & 0x10) != 0;
  }

  /// The 16 bits "defined by profile", RFC 3550 §5.3.1; 0 without a block.
  public int extensionProfile() {
    return extensionProfile;
  }

  /// Index of the first byte behind the block's header.
  public int extensionBlockOffset() {
    return extensionOffset;
  }

  /// Length of the block without its header.
  public int extensionBlockLength() {
    return extensionLength;
  }

  /// Length of header, CSRCs and extension.
  public int headerLength() {
    return payloadOffset - offset;
  }

  /// Index in [#array()] of the first payload byte.
  public int payloadOffset() {
    return payloadOffset;
  }

  /// Length of the payload without padding.
  public int payloadLength() {
    return payloadLength;
  }

  /// Length of the padding, its count byte included; 0 without.
  public int paddingLength() {
    return paddingLength;
  }

  /// Number of header extension elements.
  public int elementCount() {
    return elementCount;
  }

  /// Id of the element at `index`, from 0.
  public int elementId(int index) {
    return elementIds[Objects.checkIndex(index, elementCount)];
  }

  /// Index in [#array()] of the value of the element at `index`.
  public int elementOffset(int index) {
    return elementOffsets[Objects.checkIndex(index, elementCount)];
  }

  /// Length of the value of the element at `index`.
  public int elementLength(int index) {
    return elementLengths[Objects.checkIndex(index, elementCount)];
  }

  /// Index of the first element with `id`, or -1; id 0 (not negotiated) finds nothing.
  public int findElement(int id) {
    for (int i = 0; i < elementCount; i++) {
      if (elementIds[i] == id) {
        return i;
      }
    }
    return -1;
  }

  /// Changes the sequence number in place.
  public void sequenceNumber(int value) {
    Bytes.u16(array, offset + 2, value);
  }

  /// Changes the timestamp in place.
  public void timestamp(int value) {
    Bytes.i32(array, offset + 4, value);
  }

  /// Changes the SSRC in place.
  public void ssrc(int value) {
    Bytes.i32(array, offset + 8, value);
  }

  /// Changes the payload type in place.
  public void payloadType(int value) {
    array[offset + 1] = (byte) (array[offset + 1] & 0x80 | value & 0x7f);
  }

  /// Changes the marker in place.
  public void marker(boolean value) {
    array[offset + 1] = (byte) (array[offset + 1] & 0x7f | (value ? 0x80 : 0));
  }
}
