package org.klatsch.ice;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunMessage;

/// Reads whom a connectivity check is for, so that many agents can share one port.
public final class IceUsername {
  private static final int BINDING_REQUEST = 0x0001;

  private IceUsername() {}

  /// The receiver's user name fragment in a Binding request: what stands before the colon in
  /// USERNAME, RFC 8445 §7.2.2. Null when the packet is none. Nothing is checked beyond what is
  /// needed to find it; the agent does that.
  public static @Nullable String localFragment(byte[] buffer, int offset, int length) {
    if (!StunMessage.looksLikeStun(buffer, offset, length)
        || u16(buffer, offset) != BINDING_REQUEST) {
      return null;
    }
    int end = offset + length;
    int at = offset + StunMessage.HEADER_LENGTH;
    while (at + 4 <= end) {
      int valueLength = u16(buffer, at + 2);
      int next = at + 4 + (valueLength + 3 & ~3);
      if (next > end) {
        return null;
      }
      if (u16(buffer, at) == StunAttributeType.USERNAME) {
        for (int i = 0; i < valueLength && i <= 256; i++) {
          if (buffer[at + 4 + i] == ':') {
            return new String(buffer, at + 4, i, StandardCharsets.ISO_8859_1);
          }
        }
        return null;
      }
      at = next;
    }
    return null;
  }

  private static int u16(byte[] array, int index) {
    return (array[index] & 0xff) << 8 | array[index + 1] & 0xff;
  }
}
