package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one description, line by line, in time linear in its length.
final class SessionDescriptionReader {
  private static final int MAX_REPEATS = 64;

  private final String text;
  private final SdpLimits limits;
  private int lineNumber;

  private @Nullable Origin origin;
  private @Nullable String sessionName;
  private @Nullable String uri;
  private final List<String> emails = new ArrayList<>();
  private final List<String> phones = new ArrayList<>();
  private final List<Timing> timings = new ArrayList<>();
  private @Nullable String zones;
  private final List<MediaDescription> media = new ArrayList<>();

  /// The lines that the session and every m-section can have.
  private static final class Section {
    private final @Nullable MediaDescription mediaLine;
    private @Nullable String information;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Bandwidth> bandwidths = new ArrayList<>();
    private @Nullable String key;
    private final List<Attribute> attributes = new ArrayList<>();

    Section(@Nullable MediaDescription mediaLine) {
      this.mediaLine = mediaLine;
    }
  }

  SessionDescriptionReader(String text, SdpLimits limits) {
    this.text = text;
    this.limits = limits;
  }

  SessionDescription read() throws MalformedSdpException {
    if (text.length() > limits.maxLength()) {
      throw new MalformedSdpException(
          1, text, text.length() + " characters, expected at most " + limits.maxLength());
    }
    Section session = new Section(null);
    Section section = session;
    int end = withoutBlankEnd(text);
    int start = 0;
    while (start < end) {
      int lineEnd = text.indexOf('\n', start);
      int next = lineEnd < 0 ? end : lineEnd + 1;
      if (lineEnd < 0 || lineEnd > end) {
        lineEnd = end;
      }
      if (lineEnd > start && text.charAt(lineEnd - 1) == '\r') {
        lineEnd--;
      }
      section = readLine(start, lineEnd, session, section);
      start = next;
    }
    finish(section);
    if (origin == null) {
      throw new MalformedSdpException(Math.max(lineNumber, 1), "", "o= is missing");
    }
    return new SessionDescription(
        origin,
        sessionName == null ? "-" : sessionName,
        session.information,
        uri,
        emails,
        phones,
        session.connections.isEmpty() ? null : session.connections.getFirst(),
        session.bandwidths,
        timings.isEmpty() ? List.of(Timing.PERMANENT) : timings,
        zones,
        session.key,
        new Attributes(session.attributes),
        media);
  }

  /// Text areas and command lines lose or add blank lines at the end.
  private static int withoutBlankEnd(String text) {
    int end = text.length();
    for (int i = end - 1; i >= 0 && text.charAt(i) <= ' '; i--) {
      if (text.charAt(i) == '\n' || text.charAt(i) == '\r') {
        end = i;
      }
    }
    return end;
  }

  private Section readLine(int start, int end, Section session, Section section)
      throws MalformedSdpException {
    lineNumber++;
    if (end - start > limits.maxLineLength()) {
      throw new MalformedSdpException(
          lineNumber,
          text.substring(start, start + limits.maxLineLength()),
          (end - start) + " characters, expected at most " + limits.maxLineLength());
    }
    String line = text.substring(start, end);
    if (lineNumber > limits.maxLines()) {
      throw error(line, "more than " + limits.maxLines() + " lines");
    }
    if (line.length() < 2 || line.charAt(1) != '=' || !isType(line.charAt(0))) {
      throw error(line, "expected a letter and '='");
    }
    if (!Grammar.isByteString(line)) {
      throw error(line, "NUL or CR within a line");
    }
    char type = line.charAt(0);
    if ((lineNumber == 1) != (type == 'v')) {
      throw error(line, lineNumber == 1 ? "expected v= first" : "v= twice");
    }
    if (type == 'm') {
      finish(section);
      if (media.size() >= limits.maxMediaDescriptions()) {
        throw error(line, "more than " + limits.maxMediaDescriptions() + " m-sections");
      }
      return new Section(MediaDescription.read(cursor(line)));
    }
    if (!commonLine(type, line, section) && section == session) {
      sessionLine(type, line);
    }
    return section;
  }

  private static boolean isType(char c) {
    return c >= 'a' && c <= 'z';
  }

  /// Lines of a type that RFC 8866 does not know are ignored, as its §5 allows.
  private void sessionLine(char type, String line) throws MalformedSdpException {
    switch (type) {
      case 'v' -> {
        if (cursor(line).number("version", 0, Integer.MAX_VALUE) != 0) {
          throw error(line, "version is not 0");
        }
      }
      case 'o' -> {
        once(origin, line);
        origin = Origin.read(cursor(line));
      }
      case 's' -> {
        once(sessionName, line);
        // An empty name is not allowed, but common.
        sessionName = line.length() == 2 ? "-" : line.substring(2);
      }
      case 'u' -> {
        once(uri, line);
        uri = cursor(line).rest("uri");
      }
      case 'e' -> emails.add(cursor(line).rest("email"));
      case 'p' -> phones.add(cursor(line).rest("phone"));
      case 't' -> timings.add(Timing.read(cursor(line)));
      case 'r' -> {
        if (timings.isEmpty()) {
          throw error(line, "r= without t= before it");
        }
        Timing timing = timings.removeLast();
        if (timing.repeats().size() == MAX_REPEATS) {
          throw error(line, "more than " + MAX_REPEATS + " r= lines");
        }
        List<String> repeats = new ArrayList<>(timing.repeats());
        repeats.add(cursor(line).rest("repeat times"));
        timings.add(new Timing(timing.start(), timing.stop(), repeats));
      }
      case 'z' -> {
        once(zones, line);
        zones = cursor(line).rest("time zones");
      }
      default -> {}
    }
  }

  private boolean commonLine(char type, String line, Section section) throws MalformedSdpException {
    switch (type) {
      case 'a' -> section.attributes.add(AttributeReader.read(lineNumber, line));
      case 'b' -> section.bandwidths.add(Bandwidth.read(cursor(line)));
      case 'c' -> {
        if (section.mediaLine == null && !section.connections.isEmpty()) {
          throw error(line, "c= twice");
        }
        section.connections.add(Connection.read(cursor(line)));
      }
      case 'i' -> {
        once(section.information, line);
        section.information = cursor(line).rest("information");
      }
      case 'k' -> {
        once(section.key, line);
        section.key = cursor(line).rest("key");
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void once(@Nullable Object before, String line) throws MalformedSdpException {
    if (before != null) {
      throw error(line, line.charAt(0) + "= twice");
    }
  }

  private void finish(Section section) {
    if (section.mediaLine != null) {
      MediaDescription m = section.mediaLine;
      media.add(
          new MediaDescription(
              m.media(),
              m.port(),
              m.portCount(),
              m.protocol(),
              m.formats(),
              section.information,
              section.connections,
              section.bandwidths,
              section.key,
              new Attributes(section.attributes)));
    }
  }

  private Cursor cursor(String line) {
    return new Cursor(lineNumber, line, 2);
  }

  private MalformedSdpException error(String line, String reason) {
    return new MalformedSdpException(lineNumber, line, reason);
  }
}
