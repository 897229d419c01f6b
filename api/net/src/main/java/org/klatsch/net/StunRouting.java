package org.klatsch.net;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// The little of STUN (RFC 8489) that routing needs: whose a connectivity check is, and the answer
/// to a plain binding request. Looks at bytes in place and trusts none of them.
final class StunRouting {
  private static final int HEADER = 20;
  private static final int MAGIC_COOKIE = 0x2112A442;
  private static final int BINDING_REQUEST = 0x0001;
  private static final int BINDING_SUCCESS = 0x0101;
  private static final int SEND_INDICATION = 0x0016;

  /// The bits of a message type that tell its class; none in a request.
  private static final int CLASS = 0x0110;

  private static final int USERNAME = 0x0006;
  private static final int XOR_MAPPED_ADDRESS = 0x0020;

  /// ice-ufrag has at most 256 characters, RFC 8839 §5.4.
  private static final int MAX_UFRAG = 256;

  /// Length of a success response to IPv4 and IPv6, RFC 8489 §14.2.
  static final int MAX_RESPONSE = HEADER + 4 + 20;

  private StunRouting() {}

  /// Whether these bytes are a STUN binding request by header, RFC 8489 §5.
  static boolean isBindingRequest(byte[] buffer, int offset, int length) {
    return length >= HEADER
        && u16(buffer, offset) == BINDING_REQUEST
        && i32(buffer, offset + 4) == MAGIC_COOKIE
        && u16(buffer, offset + 2) <= length - HEADER;
  }

  /// Whether only a STUN or TURN server is sent such a packet: channel data, an indication to send,
  /// and requests other than connectivity checks, RFC 8489 §5 and RFC 8656 §17.
  static boolean isForServer(byte[] buffer, int offset, int length) {
    int first = buffer[offset] & 0xff;
    if (first >= 64 && first < 80) {
      return true;
    }
    if (first >= 4 || length < HEADER || i32(buffer, offset + 4) != MAGIC_COOKIE) {
      return false;
    }
    int type = u16(buffer, offset);
    return type == BINDING_REQUEST
        ? !hasUsername(buffer, offset, length)
        : type == SEND_INDICATION || (type & CLASS) == 0;
  }

  /// Whether the header of a binding request begins here; the rest may still be to come.
  static boolean isBindingRequestStart(byte[] buffer, int offset) {
    return u16(buffer, offset) == BINDING_REQUEST && i32(buffer, offset + 4) == MAGIC_COOKIE;
  }

  /// The username fragment of the agent that a connectivity check is for: what stands before the
  /// colon in USERNAME, RFC 8445 §7.2.2; null when there is none.
  static @Nullable String localUfrag(byte[] buffer, int offset, int length) {
    int end = offset + Math.min(length, HEADER + u16(buffer, offset + 2));
    int at = offset + HEADER;
    while (end - at >= 4) {
      int type = u16(buffer, at);
      int size = u16(buffer, at + 2);
      at += 4;
      if (size > end - at) {
        return null;
      }
      if (type == USERNAME) {
        for (int i = 0; i < size && i <= MAX_UFRAG; i++) {
          if (buffer[at + i] == ':') {
            return new String(buffer, at, i, StandardCharsets.US_ASCII);
          }
        }
        return null;
      }
      at += size + 3 & ~3;
    }
    return null;
  }

  /// Whether any attribute of this type stands in the message; used to tell plain requests.
  static boolean hasUsername(byte[] buffer, int offset, int length) {
    int end = offset + Math.min(length, HEADER + u16(buffer, offset + 2));
    int at = offset + HEADER;
    while (end - at >= 4) {
      if (u16(buffer, at) == USERNAME) {
        return true;
      }
      at += 4 + (u16(buffer, at + 2) + 3 & ~3);
    }
    return false;
  }

  /// Writes the success response to a binding request, RFC 8489 §6.3.1.1 and §14.2.
  ///
  /// @return its length
  static int writeResponse(
      byte[] request, int offset, TransportAddress remote, byte[] out, int position) {
    byte[] address = remote.addressBytes();
    putU16(out, position, BINDING_SUCCESS);
    putU16(out, position + 2, 8 + address.length);
    // Magic cookie and transaction id of the request.
    System.arraycopy(request, offset + 4, out, position + 4, 16);
    int at = position + HEADER;
    putU16(out, at, XOR_MAPPED_ADDRESS);
    putU16(out, at + 2, 4 + address.length);
    putU16(out, at + 4, remote.isIpv4() ? 1 : 2);
    putU16(out, at + 6, remote.port() ^ MAGIC_COOKIE >>> 16);
    for (int i = 0; i < address.length; i++) {
      // Xor with the cookie, and for IPv6 with the transaction id behind it.
      out[at + 8 + i] = (byte) (address[i] ^ out[position + 4 + i]);
    }
    return HEADER + 8 + address.length;
  }

  private static int u16(byte[] buffer, int at) {
    return (buffer[at] & 0xff) << 8 | buffer[at + 1] & 0xff;
  }

  private static int i32(byte[] buffer, int at) {
    return u16(buffer, at) << 16 | u16(buffer, at + 2);
  }

  private static void putU16(byte[] buffer, int at, int value) {
    buffer[at] = (byte) (value >>> 8);
    buffer[at + 1] = (byte) value;
  }
}
