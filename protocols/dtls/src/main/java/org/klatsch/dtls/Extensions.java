package org.klatsch.dtls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// The extensions of a hello message in their order, RFC 5246 §7.4.1.4, with readers and writers of
/// their contents. Those we do not know (GREASE of RFC 8701 among them) are carried and ignored.
///
/// ```
/// struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension;
/// Extension extensions<0..2^16-1>;
/// ```
final class Extensions {
  /// RFC 8422 §5.1.1.
  static final int SUPPORTED_GROUPS = 10;

  /// RFC 8422 §5.1.2.
  static final int EC_POINT_FORMATS = 11;

  /// RFC 5246 §7.4.1.4.1.
  static final int SIGNATURE_ALGORITHMS = 13;

  /// RFC 5764 §4.1.1; its content is [UseSrtp].
  static final int USE_SRTP = 14;

  /// RFC 7301 §3.1.
  static final int APPLICATION_PROTOCOLS = 16;

  /// RFC 7627 §5.1, empty.
  static final int EXTENDED_MASTER_SECRET = 23;

  /// RFC 8449 §4.
  static final int RECORD_SIZE_LIMIT = 28;

  /// RFC 8446 §4.2.1.
  static final int SUPPORTED_VERSIONS = 43;

  /// RFC 8446 §4.2.2.
  static final int COOKIE = 44;

  /// RFC 8446 §4.2.8; its content is [KeyShareEntry].
  static final int KEY_SHARE = 51;

  /// RFC 5746 §3.2.
  static final int RENEGOTIATION_INFO = 0xff01;

  private static final int UNCOMPRESSED = 0;

  private final Map<Integer, byte[]> contents = new LinkedHashMap<>();

  /// Reads the rest of a hello message; nothing at all stands for no extensions.
  static Extensions parse(PacketReader in) throws MalformedPacketException {
    return in.hasRemaining() ? parseList(in) : new Extensions();
  }

  /// Reads a list that is never missing, as the rest of what is given.
  static Extensions parseList(PacketReader in) throws MalformedPacketException {
    Extensions extensions = new Extensions();
    PacketReader list = in.slice(in.u16());
    requireEnd(in);
    while (list.hasRemaining()) {
      int type = list.u16();
      byte[] content = list.bytes(list.u16());
      if (extensions.contents.put(type, content) != null) {
        throw DtlsException.fatal(
            AlertDescription.ILLEGAL_PARAMETER, "extension " + type + " comes twice");
      }
    }
    return extensions;
  }

  /// Bytes that [#write] takes.
  int length() {
    return contents.isEmpty() ? 0 : listLength();
  }

  /// Writes the list, or nothing when it is empty.
  void write(PacketWriter out) {
    if (!contents.isEmpty()) {
      writeList(out);
    }
  }

  /// Bytes that [#writeList] takes.
  int listLength() {
    int length = 2;
    for (byte[] content : contents.values()) {
      length += 4 + content.length;
    }
    return length;
  }

  /// Writes the list even when it is empty.
  void writeList(PacketWriter out) {
    out.u16(listLength() - 2);
    contents.forEach((type, content) -> out.u16(type).u16(content.length).bytes(content));
  }

  /// A copy to which other extensions can be put.
  Extensions copy() {
    Extensions copy = new Extensions();
    copy.contents.putAll(contents);
    return copy;
  }

  Extensions put(int type, byte[] content) {
    contents.put(type, content);
    return this;
  }

  boolean has(int type) {
    return contents.containsKey(type);
  }

  Set<Integer> types() {
    return contents.keySet();
  }

  /// A reader of an extension's content, null when the extension is not there.
  @Nullable PacketReader reader(int type) {
    byte[] content = contents.get(type);
    return content == null ? null : new PacketReader(content);
  }

  /// A list of 16-bit codes behind a 16-bit length: groups, signature algorithms. Null when the
  /// extension is not there.
  @Nullable List<Integer> codes(int type) throws MalformedPacketException {
    PacketReader in = reader(type);
    if (in == null) {
      return null;
    }
    List<Integer> codes = readCodes(in, in.u16());
    requireEnd(in);
    return codes;
  }

  /// The versions of a client, RFC 8446 §4.2.1: behind a length of 8 bits. Null when the extension
  /// is not there.
  @Nullable List<Integer> supportedVersions() throws MalformedPacketException {
    PacketReader in = reader(SUPPORTED_VERSIONS);
    if (in == null) {
      return null;
    }
    List<Integer> codes = readCodes(in, in.u8());
    requireEnd(in);
    return codes;
  }

  /// The version a server selected, RFC 8446 §4.2.1, or -1.
  int selectedVersion() throws MalformedPacketException {
    PacketReader in = reader(SUPPORTED_VERSIONS);
    if (in == null) {
      return -1;
    }
    int version = in.u16();
    requireEnd(in);
    return version;
  }

  /// What a client offers.
  Extensions putSupportedVersions(List<ProtocolVersion> versions) {
    PacketWriter out = new PacketWriter(1 + 2 * versions.size());
    out.u8(2 * versions.size());
    versions.forEach(version -> out.u16(version.code()));
    return put(SUPPORTED_VERSIONS, out.toByteArray());
  }

  /// What a server selected.
  Extensions putSelectedVersion(ProtocolVersion version) {
    return put(SUPPORTED_VERSIONS, new PacketWriter(2).u16(version.code()).toByteArray());
  }

  /// The cookie of a HelloRetryRequest or of the ClientHello after it, RFC 8446 §4.2.2; null when
  /// the extension is not there.
  byte @Nullable [] cookie() throws MalformedPacketException {
    PacketReader in = reader(COOKIE);
    if (in == null) {
      return null;
    }
    byte[] cookie = in.bytes(in.u16());
    requireEnd(in);
    return cookie;
  }

  Extensions putCookie(byte[] cookie) {
    PacketWriter out = new PacketWriter(2 + cookie.length);
    return put(COOKIE, out.u16(cookie.length).bytes(cookie).toByteArray());
  }

  private static List<Integer> readCodes(PacketReader in, int length)
      throws MalformedPacketException {
    PacketReader list = in.slice(length);
    List<Integer> codes = new ArrayList<>(length / 2);
    while (list.hasRemaining()) {
      codes.add(list.u16());
    }
    return codes;
  }

  Extensions putCodes(int type, List<Integer> codes) {
    PacketWriter out = new PacketWriter(2 + 2 * codes.size());
    out.u16(2 * codes.size());
    codes.forEach(out::u16);
    return put(type, out.toByteArray());
  }

  /// Only uncompressed points, RFC 8422 §5.1.2.
  Extensions putPointFormats() {
    return put(EC_POINT_FORMATS, new byte[] {1, UNCOMPRESSED});
  }

  /// Whether the peer takes uncompressed points; without the extension it does.
  boolean acceptsUncompressedPoints() throws MalformedPacketException {
    PacketReader in = reader(EC_POINT_FORMATS);
    if (in == null) {
      return true;
    }
    PacketReader formats = in.slice(in.u8());
    requireEnd(in);
    boolean accepted = false;
    while (formats.hasRemaining()) {
      accepted |= formats.u8() == UNCOMPRESSED;
    }
    return accepted;
  }

  /// The protocols of ALPN, RFC 7301 §3.1; empty when the extension is not there.
  List<String> applicationProtocols() throws MalformedPacketException {
    PacketReader in = reader(APPLICATION_PROTOCOLS);
    if (in == null) {
      return List.of();
    }
    PacketReader list = in.slice(in.u16());
    requireEnd(in);
    List<String> protocols = new ArrayList<>();
    while (list.hasRemaining()) {
      protocols.add(new String(list.bytes(list.u8()), StandardCharsets.ISO_8859_1));
    }
    return protocols;
  }

  Extensions putApplicationProtocols(List<String> protocols) {
    int length = protocols.stream().mapToInt(p -> 1 + p.length()).sum();
    PacketWriter out = new PacketWriter(2 + length);
    out.u16(length);
    for (String protocol : protocols) {
      out.u8(protocol.length()).bytes(protocol.getBytes(StandardCharsets.ISO_8859_1));
    }
    return put(APPLICATION_PROTOCOLS, out.toByteArray());
  }

  /// The peer's record_size_limit, RFC 8449 §4, or -1.
  int recordSizeLimit() throws MalformedPacketException {
    PacketReader in = reader(RECORD_SIZE_LIMIT);
    if (in == null) {
      return -1;
    }
    int limit = in.u16();
    requireEnd(in);
    if (limit < 64) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "record_size_limit " + limit + " is less than 64");
    }
    return limit;
  }

  Extensions putRecordSizeLimit(int limit) {
    return put(RECORD_SIZE_LIMIT, new PacketWriter(2).u16(limit).toByteArray());
  }

  /// In an initial handshake the content is a list of no bytes, RFC 5746 §3.4 and §3.6.
  Extensions putEmptyRenegotiationInfo() {
    return put(RENEGOTIATION_INFO, new byte[] {0});
  }

  void requireEmptyRenegotiationInfo() throws MalformedPacketException {
    PacketReader in = reader(RENEGOTIATION_INFO);
    if (in != null && (in.u8() != 0 || in.hasRemaining())) {
      throw DtlsException.fatal(
          AlertDescription.HANDSHAKE_FAILURE,
          "renegotiation_info of an initial handshake not empty");
    }
  }

  /// Refuses trailing bytes.
  static void requireEnd(PacketReader in) throws MalformedPacketException {
    if (in.hasRemaining()) {
      throw DtlsException.fatal(
          AlertDescription.DECODE_ERROR, in.remaining() + " bytes too many at the end");
    }
  }
}
