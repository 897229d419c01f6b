package org.klatsch.sip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads messages, RFC 3261 §7 and §25. Tolerates what devices send: lines that end in LF alone,
/// empty parameters, names in UTF-8 without quotes. What it returns is well-formed as far as the
/// headers with a type ([SipHeader]) go, and has the headers that every message must have.
public final class SipMessageReader {
  private static final String VERSION = "SIP/2.0";

  /// Stands for a Request-URI that cannot be read, in a request that will be refused.
  private static final Uri UNREADABLE = new OtherUri("about:unreadable");

  private static final List<SipHeader<?>> REQUIRED =
      List.of(SipHeader.VIA, SipHeader.FROM, SipHeader.TO, SipHeader.CALL_ID, SipHeader.CSEQ);

  private final SipLimits limits;
  private final byte[] bytes;
  private final int end;
  private int position;
  private int headerLines;
  private int values;
  private @Nullable MalformedSipException fault;

  private SipMessageReader(byte[] bytes, int offset, int length, SipLimits limits) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
    this.limits = limits;
  }

  /// Reads the message in a datagram or a WebSocket frame, or one that [SipStreamReader] has cut
  /// out. Bytes behind the body are ignored (RFC 3261 §18.3).
  public static SipMessage parse(byte[] bytes, int offset, int length)
      throws MalformedSipException {
    return parse(bytes, offset, length, SipLimits.DEFAULT);
  }

  /// The same with other limits.
  public static SipMessage parse(byte[] bytes, int offset, int length, SipLimits limits)
      throws MalformedSipException {
    return new SipMessageReader(bytes, offset, length, limits).message();
  }

  /// Reads a message from text.
  public static SipMessage parse(String text) throws MalformedSipException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  private SipMessage message() throws MalformedSipException {
    if (end - position > limits.maxMessageLength()) {
      throw new MalformedSipException(
          "a message of " + (end - position) + " bytes, at most " + limits.maxMessageLength());
    }
    // RFC 3261 §7.5: empty lines before the start line are ignored.
    while (position < end && (bytes[position] == '\r' || bytes[position] == '\n')) {
      position++;
    }
    List<String> lines = headerLines();
    if (lines.isEmpty()) {
      throw new MalformedSipException("a message without start line");
    }
    String startLine = lines.getFirst();
    SipMessage message =
        startLine.regionMatches(true, 0, "SIP/", 0, 4) ? response(startLine) : request(startLine);
    for (String line : lines.subList(1, lines.size())) {
      header(line, message);
    }
    body(message);
    check(message);
    if (fault != null) {
      throw message instanceof SipRequest request && isAnswerable(request)
          ? fault.of(request)
          : fault;
    }
    return message;
  }

  /// ACK is never answered (RFC 3261 §8.2.6.1 and §17), nor is what names no way back.
  private static boolean isAnswerable(SipRequest request) {
    return !request.is(SipRequest.ACK) && request.has(SipHeader.VIA);
  }

  private void fault(MalformedSipException first) {
    if (fault == null) {
      fault = first;
    }
  }

  private void fault(String reason) {
    fault(new MalformedSipException(reason));
  }

  /// Start line and headers, unfolded (RFC 3261 §7.3.1), up to the empty line.
  private List<String> headerLines() throws MalformedSipException {
    List<String> lines = new ArrayList<>(24);
    int limit = position + Math.min(end - position, limits.maxHeaderLength());
    while (position < limit) {
      int start = position;
      while (position < limit && bytes[position] != '\n') {
        position++;
      }
      boolean terminated = position < limit;
      int stop = position;
      if (terminated) {
        position++;
        if (stop > start && bytes[stop - 1] == '\r') {
          stop--;
        }
      }
      if (stop == start && terminated) {
        return lines;
      }
      String line = new String(bytes, start, stop - start, StandardCharsets.UTF_8);
      if (line.indexOf('\r') >= 0) {
        fault("a carriage return stands alone");
        line = line.replace('\r', ' ');
      }
      if (Grammar.isSpace((char) bytes[start]) && lines.size() > 1) {
        lines.set(lines.size() - 1, lines.getLast().stripTrailing() + " " + line.strip());
      } else {
        lines.add(line);
        if (++headerLines > limits.maxHeaders() + 1) {
          throw new MalformedSipException("more than " + limits.maxHeaders() + " headers");
        }
      }
    }
    if (position < end) {
      throw new MalformedSipException(
          "headers of more than " + limits.maxHeaderLength() + " bytes");
    }
    // RFC 3261 §7.5 wants an empty line; a datagram that ends with the headers is understood too.
    return lines;
  }

  private SipResponse response(String line) throws MalformedSipException {
    if (!line.regionMatches(true, 0, VERSION + " ", 0, VERSION.length() + 1)) {
      throw new MalformedSipException("SIP/2.0 expected", line);
    }
    Scanner in = new Scanner(line);
    in.position(VERSION.length() + 1);
    int from = in.position();
    int status = (int) in.number(999);
    if (in.position() - from != 3 || status < 100 || status > 699) {
      throw new MalformedSipException("no status code", line);
    }
    if (!in.atEnd()) {
      in.expect(' ');
    }
    return new SipResponse(status, in.rest());
  }

  private SipRequest request(String line) throws MalformedSipException {
    int space = line.indexOf(' ');
    int last = line.stripTrailing().lastIndexOf(' ');
    if (space < 1 || last <= space || !Grammar.isToken(line.substring(0, space))) {
      throw new MalformedSipException("neither a request line nor a status line", line);
    }
    String method = line.substring(0, space);
    String version = line.substring(last + 1);
    if (!version.strip().equalsIgnoreCase(VERSION)) {
      if (!version.regionMatches(true, 0, "SIP/", 0, 4)) {
        throw new MalformedSipException("neither a request line nor a status line", line);
      }
      fault(
          new MalformedSipException(
              SipStatus.VERSION_NOT_SUPPORTED,
              "version " + MalformedSipException.shown(version),
              null));
    } else if (version.length() != VERSION.length()) {
      fault(new MalformedSipException("white space behind the request line", line));
    }
    try {
      Uri uri = Uri.parse(line.substring(space + 1, last));
      if (uri instanceof SipUri sip && sip.headers() != null) {
        fault(new MalformedSipException("headers in a Request-URI", line)); // RFC 3261 §19.1.1
      }
      return new SipRequest(method, uri);
    } catch (MalformedSipException e) {
      fault(e);
      return new SipRequest(method, UNREADABLE);
    }
  }

  private void header(String line, SipMessage message) throws MalformedSipException {
    int colon = line.indexOf(':');
    String name = colon < 0 ? line : line.substring(0, colon).stripTrailing();
    if (colon < 0 || !Grammar.isToken(name)) {
      fault(new MalformedSipException("no header", line));
      return;
    }
    String value = line.substring(colon + 1).strip();
    SipHeader<?> header = SipHeader.of(name);
    if (header == null) {
      count();
      message.addLine(new HeaderLine(SipHeader.canonicalName(name), value, null));
      return;
    }
    for (String element : elements(header, value)) {
      add(message, header, element);
    }
  }

  /// The values of a line: several for a header that may list them.
  static List<String> elements(@Nullable SipHeader<?> header, String value) {
    if (header == null || !header.isList()) {
      return List.of(value);
    }
    List<String> elements = new ArrayList<>(4);
    int from = 0;
    while (from <= value.length()) {
      int comma = endOfElement(value, from);
      elements.add(value.substring(from, comma).strip());
      from = comma + 1;
    }
    return elements;
  }

  private void count() throws MalformedSipException {
    if (++values > limits.maxValues()) {
      throw new MalformedSipException("more than " + limits.maxValues() + " values of headers");
    }
  }

  private void add(SipMessage message, SipHeader<?> header, String value)
      throws MalformedSipException {
    count();
    if (value.isEmpty() && isTokenList(header)) {
      return; // `Supported:` with nothing is in the grammar, RFC 3261 §20.37.
    }
    if (header == SipHeader.CONTACT && value.equals("*")) {
      message.addLine(new HeaderLine(header.name(), value, null));
      return;
    }
    Object typed = null;
    try {
      typed = header.parse(value);
    } catch (MalformedSipException e) {
      fault(e);
    }
    message.addLine(new HeaderLine(header.name(), value, typed));
  }

  private static boolean isTokenList(SipHeader<?> header) {
    return header == SipHeader.SUPPORTED
        || header == SipHeader.ALLOW
        || header == SipHeader.REQUIRE
        || header == SipHeader.PROXY_REQUIRE
        || header == SipHeader.UNSUPPORTED
        || header == SipHeader.ALLOW_EVENTS
        || header == SipHeader.CONTENT_ENCODING;
  }

  /// The comma behind a list's element, which stands neither in quotes nor in brackets; the text's
  /// end behind the last element.
  private static int endOfElement(String value, int from) {
    boolean quoted = false;
    boolean bracketed = false;
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"' && !bracketed) {
        quoted = true;
      } else if (c == '<') {
        bracketed = true;
      } else if (c == '>') {
        bracketed = false;
      } else if (c == ',' && !bracketed) {
        return i;
      }
    }
    return value.length();
  }

  private void body(SipMessage message) {
    int available = end - position;
    int length = available;
    Long declared = message.first(SipHeader.CONTENT_LENGTH);
    if (declared != null) {
      if (declared > available) {
        fault("Content-Length " + declared + ", but " + available + " bytes follow");
      } else {
        length = declared.intValue();
      }
    }
    if (message.values("Content-Length").size() > 1) {
      fault("Content-Length stands twice");
    }
    message.remove(SipHeader.CONTENT_LENGTH);
    if (length > 0) {
      message.body(Arrays.copyOfRange(bytes, position, position + length));
    }
  }

  private void check(SipMessage message) {
    for (SipHeader<?> header : REQUIRED) {
      if (!message.has(header)) {
        fault(header.name() + " is missing");
      }
    }
    Set<String> seen = new HashSet<>();
    for (String name : message.headerNames()) {
      SipHeader<?> header = SipHeader.of(name);
      if (header != null
          && header.isSingle()
          && seen.add(name)
          && message.values(name).size() > 1) {
        fault(name + " stands twice");
      }
    }
    CSeq cseq = message.first(SipHeader.CSEQ);
    if (cseq != null && message instanceof SipRequest request && !request.is(cseq.method())) {
      fault("a " + request.method() + " with CSeq " + cseq);
    }
  }
}
