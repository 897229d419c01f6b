package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// One key share, and the three forms of the key_share extension that hold it, RFC 8446 §4.2.8:
///
/// ```
/// struct { NamedGroup group; opaque key_exchange<1..2^16-1>; } KeyShareEntry;
/// KeyShareEntry client_shares<0..2^16-1>;    ClientHello
/// KeyShareEntry server_share;                ServerHello
/// NamedGroup selected_group;                 HelloRetryRequest
/// ```
///
/// @param group as on the wire
record KeyShareEntry(int group, byte[] key) {
  private static KeyShareEntry parse(PacketReader in) throws MalformedPacketException {
    KeyShareEntry entry = new KeyShareEntry(in.u16(), in.bytes(in.u16()));
    if (entry.key.length == 0) {
      throw DtlsException.fatal(AlertDescription.DECODE_ERROR, "an empty key share");
    }
    return entry;
  }

  /// A client's shares in its order; null when the extension is not there. Two of one group are
  /// refused.
  static @Nullable List<KeyShareEntry> ofClient(Extensions extensions)
      throws MalformedPacketException {
    PacketReader in = extensions.reader(Extensions.KEY_SHARE);
    if (in == null) {
      return null;
    }
    PacketReader list = in.slice(in.u16());
    Extensions.requireEnd(in);
    List<KeyShareEntry> entries = new ArrayList<>();
    while (list.hasRemaining()) {
      KeyShareEntry entry = parse(list);
      for (KeyShareEntry other : entries) {
        if (other.group == entry.group) {
          throw DtlsException.fatal(
              AlertDescription.ILLEGAL_PARAMETER, "two key shares of group " + entry.group);
        }
      }
      entries.add(entry);
    }
    return entries;
  }

  /// The share of a ServerHello; null when the extension is not there.
  static @Nullable KeyShareEntry ofServer(Extensions extensions) throws MalformedPacketException {
    PacketReader in = extensions.reader(Extensions.KEY_SHARE);
    if (in == null) {
      return null;
    }
    KeyShareEntry entry = parse(in);
    Extensions.requireEnd(in);
    return entry;
  }

  /// The group that a HelloRetryRequest asks for, or -1.
  static int ofRetry(Extensions extensions) throws MalformedPacketException {
    PacketReader in = extensions.reader(Extensions.KEY_SHARE);
    if (in == null) {
      return -1;
    }
    int group = in.u16();
    Extensions.requireEnd(in);
    return group;
  }

  static byte[] encodeClient(List<KeyShareEntry> entries) {
    int length = entries.stream().mapToInt(e -> 4 + e.key.length).sum();
    PacketWriter out = new PacketWriter(2 + length);
    out.u16(length);
    entries.forEach(e -> out.u16(e.group).u16(e.key.length).bytes(e.key));
    return out.toByteArray();
  }

  byte[] encodeServer() {
    return new PacketWriter(4 + key.length).u16(group).u16(key.length).bytes(key).toByteArray();
  }

  static byte[] encodeRetry(int group) {
    return new PacketWriter(2).u16(group).toByteArray();
  }
}
