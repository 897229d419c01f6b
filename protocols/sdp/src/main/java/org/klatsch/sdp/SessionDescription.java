package org.klatsch.sdp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A whole description, RFC 8866 §5. Immutable; [#toString()] writes it in the RFC's order with
/// CRLF behind every line.
///
/// @param origin `o=`
/// @param sessionName `s=`, `-` when there is none
/// @param information `i=`, or null
/// @param uri `u=`, or null
/// @param emails `e=` lines
/// @param phones `p=` lines
/// @param connection `c=` for m-sections without one of their own, or null
/// @param bandwidths `b=` lines
/// @param timings `t=` lines, at least one
/// @param zones `z=` as written, or null
/// @param key `k=`, which is obsolete, or null
/// @param attributes session-level `a=` lines
/// @param media the m-sections
public record SessionDescription(
    Origin origin,
    String sessionName,
    @Nullable String information,
    @Nullable String uri,
    List<String> emails,
    List<String> phones,
    @Nullable Connection connection,
    List<Bandwidth> bandwidths,
    List<Timing> timings,
    @Nullable String zones,
    @Nullable String key,
    Attributes attributes,
    List<MediaDescription> media) {
  public SessionDescription {
    Grammar.requireText("session name", sessionName);
    requireOptional("information", information);
    requireOptional("uri", uri);
    emails = List.copyOf(emails);
    emails.forEach(email -> Grammar.requireText("email", email));
    phones = List.copyOf(phones);
    phones.forEach(phone -> Grammar.requireText("phone", phone));
    bandwidths = List.copyOf(bandwidths);
    timings = List.copyOf(timings);
    Grammar.requireRange("number of t= lines", timings.size(), 1, Integer.MAX_VALUE);
    requireOptional("zones", zones);
    requireOptional("key", key);
    media = List.copyOf(media);
  }

  private static void requireOptional(String what, @Nullable String text) {
    if (text != null) {
      Grammar.requireText(what, text);
    }
  }

  /// A permanent session without name, as JSEP writes them (RFC 9429 §5.2.1).
  public static SessionDescription of(
      Origin origin, Attributes attributes, List<MediaDescription> media) {
    return new SessionDescription(
        origin,
        "-",
        null,
        null,
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(Timing.PERMANENT),
        null,
        null,
        attributes,
        media);
  }

  public static SessionDescription parse(String text) throws MalformedSdpException {
    return parse(text, SdpLimits.DEFAULT);
  }

  /// Reads a description. Tolerated: LF without CR, a last line without either, `s=` and `t=`
  /// missing, another order of the lines of a section, lines of unknown type.
  ///
  /// @throws MalformedSdpException with the line's number, for all else and beyond `limits`
  public static SessionDescription parse(String text, SdpLimits limits)
      throws MalformedSdpException {
    return new SessionDescriptionReader(text, limits).read();
  }

  public SessionDescription withOrigin(Origin changed) {
    return with(changed, attributes, media);
  }

  public SessionDescription withMedia(List<MediaDescription> changed) {
    return with(origin, attributes, changed);
  }

  public SessionDescription withAttributes(Attributes changed) {
    return with(origin, changed, media);
  }

  private SessionDescription with(
      Origin newOrigin, Attributes newAttributes, List<MediaDescription> newMedia) {
    return new SessionDescription(
        newOrigin,
        sessionName,
        information,
        uri,
        emails,
        phones,
        connection,
        bandwidths,
        timings,
        zones,
        key,
        newAttributes,
        newMedia);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(1024);
    out.append("v=0\r\n");
    appendLine(out, 'o', origin);
    appendLine(out, 's', sessionName);
    appendLine(out, 'i', information);
    appendLine(out, 'u', uri);
    emails.forEach(email -> appendLine(out, 'e', email));
    phones.forEach(phone -> appendLine(out, 'p', phone));
    appendLine(out, 'c', connection);
    bandwidths.forEach(bandwidth -> appendLine(out, 'b', bandwidth));
    for (Timing timing : timings) {
      appendLine(out, 't', timing.start() + " " + timing.stop());
      timing.repeats().forEach(repeat -> appendLine(out, 'r', repeat));
    }
    appendLine(out, 'z', zones);
    appendLine(out, 'k', key);
    attributes.appendTo(out);
    media.forEach(section -> section.appendTo(out));
    return out.toString();
  }

  static void appendLine(StringBuilder out, char type, @Nullable Object value) {
    if (value != null) {
      out.append(type).append('=').append(value).append("\r\n");
    }
  }
}
