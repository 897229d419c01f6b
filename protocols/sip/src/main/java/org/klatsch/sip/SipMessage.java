package org.klatsch.sip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request or a response, RFC 3261 §7. Headers stand in their order; those with a type
/// ([SipHeader]) are read by it, others are text. Changed freely until it is handed over to be
/// sent; not thread-safe.
public abstract sealed class SipMessage permits SipRequest, SipResponse {
  private static final byte[] EMPTY = {};

  /// Content-Length is not among them: it follows from the body.
  private final List<HeaderLine> lines = new ArrayList<>(16);

  private byte[] body = EMPTY;

  SipMessage() {}

  /// Whether a header that may stand once only is missing here is the caller's matter: null.
  public final <T> @Nullable T first(SipHeader<T> header) {
    for (HeaderLine line : lines) {
      if (line.typed() != null && line.is(header.name())) {
        return cast(header, line.typed());
      }
    }
    return null;
  }

  /// All values of a header, in order.
  public final <T> List<T> all(SipHeader<T> header) {
    List<T> values = new ArrayList<>(4);
    for (HeaderLine line : lines) {
      if (line.typed() != null && line.is(header.name())) {
        values.add(cast(header, line.typed()));
      }
    }
    return values;
  }

  @SuppressWarnings({"unchecked", "unused"}) // A line of a header's name holds what its rule read.
  private static <T> T cast(SipHeader<T> header, Object typed) {
    return (T) typed;
  }

  private <T> T required(SipHeader<T> header) {
    T value = first(header);
    if (value == null) {
      throw new IllegalStateException("the message has no " + header.name());
    }
    return value;
  }

  /// The first value of a header as text; null when it is absent.
  public final @Nullable String value(String name) {
    String canonical = SipHeader.canonicalName(name);
    for (HeaderLine line : lines) {
      if (line.is(canonical)) {
        return line.value();
      }
    }
    return null;
  }

  /// All values of a header as text, in order.
  public final List<String> values(String name) {
    String canonical = SipHeader.canonicalName(name);
    List<String> values = new ArrayList<>(4);
    for (HeaderLine line : lines) {
      if (line.is(canonical)) {
        values.add(line.value());
      }
    }
    return values;
  }

  public final boolean has(String name) {
    return value(name) != null;
  }

  public final boolean has(SipHeader<?> header) {
    return value(header.name()) != null;
  }

  /// The names of all headers that are present, each once, in order.
  public final List<String> headerNames() {
    return lines.stream().map(HeaderLine::name).distinct().toList();
  }

  /// Puts one value in place of all values of a header.
  public final <T> void set(SipHeader<T> header, T value) {
    replace(HeaderLine.of(header, value));
  }

  /// Puts a value in place of all values of a header; several when the header may list them,
  /// separated by commas.
  ///
  /// @throws IllegalArgumentException when the header has a type and the value is not of it
  public final void set(String name, String value) {
    List<String> elements = SipMessageReader.elements(SipHeader.of(name), value);
    replace(HeaderLine.of(name, elements.getFirst()));
    for (String element : elements.subList(1, elements.size())) {
      lines.add(HeaderLine.of(name, element));
    }
  }

  private void replace(HeaderLine line) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).is(line.name())) {
        lines.set(i, line);
        for (int j = lines.size() - 1; j > i; j--) {
          if (lines.get(j).is(line.name())) {
            lines.remove(j);
          }
        }
        return;
      }
    }
    lines.add(line);
  }

  /// Puts these values in place of all values of a header.
  public final <T> void setAll(SipHeader<T> header, List<T> values) {
    remove(header.name());
    for (T value : values) {
      add(header, value);
    }
  }

  /// Adds a value behind all others.
  public final <T> void add(SipHeader<T> header, T value) {
    lines.add(HeaderLine.of(header, value));
  }

  /// Adds a value behind all others; several when the header may list them, separated by commas.
  public final void add(String name, String value) {
    for (String element : SipMessageReader.elements(SipHeader.of(name), value)) {
      lines.add(HeaderLine.of(name, element));
    }
  }

  /// Adds a value before all others.
  public final <T> void addFirst(SipHeader<T> header, T value) {
    lines.addFirst(HeaderLine.of(header, value));
  }

  /// Replaces the first value of a header.
  public final <T> void setFirst(SipHeader<T> header, T value) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).is(header.name())) {
        lines.set(i, HeaderLine.of(header, value));
        return;
      }
    }
    addFirst(header, value);
  }

  /// Removes all values of a header.
  public final void remove(String name) {
    String canonical = SipHeader.canonicalName(name);
    lines.removeIf(line -> line.is(canonical));
  }

  public final void remove(SipHeader<?> header) {
    remove(header.name());
  }

  /// Removes the first value of a header.
  public final void removeFirst(SipHeader<?> header) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).is(header.name())) {
        lines.remove(i);
        return;
      }
    }
  }

  final void addLine(HeaderLine line) {
    lines.add(line);
  }

  final void copyLines(SipMessage from, String name) {
    for (HeaderLine line : from.lines) {
      if (line.is(name)) {
        lines.add(line);
      }
    }
  }

  final void copyAll(SipMessage from) {
    lines.addAll(from.lines);
    body = from.body;
  }

  /// The topmost Via.
  public final Via via() {
    return required(SipHeader.VIA);
  }

  public final NameAddr from() {
    return required(SipHeader.FROM);
  }

  public final NameAddr to() {
    return required(SipHeader.TO);
  }

  public final String callId() {
    return required(SipHeader.CALL_ID);
  }

  public final CSeq cseq() {
    return required(SipHeader.CSEQ);
  }

  /// The first Contact; null when there is none, or the `*` of a REGISTER.
  public final @Nullable NameAddr contact() {
    return first(SipHeader.CONTACT);
  }

  /// Whether the Contact is `*`: all bindings of a registration, RFC 3261 §10.2.2.
  public final boolean hasWildcardContact() {
    return values("Contact").contains("*");
  }

  /// Whether a list of option tags or methods names one, such as `100rel` in Supported.
  public final boolean lists(SipHeader<String> header, String token) {
    return all(header).stream().anyMatch(token::equalsIgnoreCase);
  }

  /// The body; empty when there is none. Not copied.
  public final byte[] body() {
    return body;
  }

  public final boolean hasBody() {
    return body.length > 0;
  }

  /// The type of the body; null when none is given.
  public final @Nullable ParameterizedValue contentType() {
    return first(SipHeader.CONTENT_TYPE);
  }

  public final boolean hasContentType(String type) {
    ParameterizedValue contentType = contentType();
    return contentType != null && contentType.is(type);
  }

  /// The body as UTF-8.
  public final String bodyText() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// Sets the body, which is not copied, and its Content-Type.
  public final void body(String contentType, byte[] bytes) {
    set("Content-Type", contentType);
    body = bytes;
  }

  /// Sets a body of text in UTF-8.
  public final void body(String contentType, String text) {
    body(contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Removes the body and what describes it.
  public final void removeBody() {
    body = EMPTY;
    remove(SipHeader.CONTENT_TYPE);
    remove(SipHeader.CONTENT_DISPOSITION);
    remove(SipHeader.CONTENT_ENCODING);
  }

  final void body(byte[] bytes) {
    body = bytes;
  }

  abstract String startLine();

  /// The message as it stands on the wire: CRLF, no folding, Content-Length last.
  public final byte[] toBytes() {
    byte[] head = head().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, bytes, head.length, body.length);
    return bytes;
  }

  private String head() {
    StringBuilder out = new StringBuilder(768).append(startLine()).append("\r\n");
    for (HeaderLine line : lines) {
      out.append(line.name()).append(": ").append(line.value()).append("\r\n");
    }
    return out.append("Content-Length: ").append(body.length).append("\r\n\r\n").toString();
  }

  /// The message as text, for tests and traces; credentials are not shown.
  @Override
  public final String toString() {
    StringBuilder out = new StringBuilder(768).append(startLine()).append("\r\n");
    for (HeaderLine line : lines) {
      boolean secret = line.name().endsWith("Authorization");
      out.append(line.name()).append(": ").append(secret ? "…" : line.value()).append("\r\n");
    }
    return out.append("\r\n").append(bodyText()).toString();
  }
}
