package org.klatsch.sdp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An m-section: an `m=` line and all up to the next one, RFC 8866 §5.14.
///
/// @param media `audio`, `video`, `application` …
/// @param port 0 rejects the section (RFC 3264 §6) unless `a=bundle-only` stands in it; 9 where ICE
///   finds the address
/// @param portCount consecutive ports, nearly always 1
/// @param protocol such as `UDP/TLS/RTP/SAVPF` or `UDP/DTLS/SCTP`
/// @param formats payload types, or `webrtc-datachannel`
/// @param title `i=`, or null
/// @param connections `c=` lines; several only for multicast
/// @param key `k=`, which is obsolete (RFC 8866 §5.12), or null
public record MediaDescription(
    String media,
    int port,
    int portCount,
    String protocol,
    List<String> formats,
    @Nullable String title,
    List<Connection> connections,
    List<Bandwidth> bandwidths,
    @Nullable String key,
    Attributes attributes) {
  private static final int MAX_FORMATS = 512;

  public MediaDescription {
    Grammar.requireToken("media", media);
    Grammar.requireRange("port", port, 0, 65_535);
    Grammar.requireRange("number of ports", portCount, 1, 65_535);
    Grammar.requireWord("protocol", protocol);
    formats = List.copyOf(formats);
    Grammar.requireRange("number of formats", formats.size(), 1, MAX_FORMATS);
    Grammar.requireWords("format", formats);
    if (title != null) {
      Grammar.requireText("media title", title);
    }
    connections = List.copyOf(connections);
    bandwidths = List.copyOf(bandwidths);
    if (key != null) {
      Grammar.requireText("key", key);
    }
  }

  /// An m-section of one port and one `c=` line, as JSEP writes them.
  public static MediaDescription of(
      String media,
      int port,
      String protocol,
      List<String> formats,
      Connection connection,
      Attributes attributes) {
    return new MediaDescription(
        media, port, 1, protocol, formats, null, List.of(connection), List.of(), null, attributes);
  }

  /// Only the `m=` line.
  static MediaDescription read(Cursor in) throws MalformedSdpException {
    String media = in.token("media");
    String[] ports = in.word("port").split("/", 2);
    int port = (int) in.parse(ports[0], "port", 0, 65_535);
    int count = ports.length == 1 ? 1 : (int) in.parse(ports[1], "number of ports", 1, 65_535);
    String protocol = in.word("protocol");
    List<String> formats = in.words("format", MAX_FORMATS);
    if (formats.isEmpty()) {
      throw in.error("format is missing");
    }
    return new MediaDescription(
        media, port, count, protocol, formats, null, List.of(), List.of(), null, Attributes.EMPTY);
  }

  /// `a=mid`, or null.
  public @Nullable String mid() {
    MidAttribute mid = attributes.first(MidAttribute.class);
    return mid == null ? null : mid.mid();
  }

  /// Whether the port is 0 and means it: a bundle-only section has port 0 in an offer without being
  /// rejected, RFC 9143 §6.
  public boolean rejected() {
    return port == 0 && !attributes.has(FlagAttribute.BUNDLE_ONLY);
  }

  public MediaDescription withAttributes(Attributes changed) {
    return new MediaDescription(
        media, port, portCount, protocol, formats, title, connections, bandwidths, key, changed);
  }

  /// The same section at another transport address.
  public MediaDescription withAddress(int changedPort, Connection connection) {
    return new MediaDescription(
        media,
        changedPort,
        portCount,
        protocol,
        formats,
        title,
        List.of(connection),
        bandwidths,
        key,
        attributes);
  }

  void appendTo(StringBuilder out) {
    out.append("m=").append(media).append(' ').append(port);
    if (portCount != 1) {
      out.append('/').append(portCount);
    }
    out.append(' ').append(protocol);
    for (String format : formats) {
      out.append(' ').append(format);
    }
    out.append("\r\n");
    SessionDescription.appendLine(out, 'i', title);
    for (Connection connection : connections) {
      SessionDescription.appendLine(out, 'c', connection);
    }
    for (Bandwidth bandwidth : bandwidths) {
      SessionDescription.appendLine(out, 'b', bandwidth);
    }
    SessionDescription.appendLine(out, 'k', key);
    attributes.appendTo(out);
  }

  /// The section as it is written.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    appendTo(out);
    return out.toString();
  }
}
