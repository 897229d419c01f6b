package org.klatsch.sip;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Bodies of several parts, RFC 2046 §5.1 and RFC 5621: a description beside a location or other
/// data that calls through carriers bring.
public final class MultipartBody {
  /// More parts than this are refused.
  private static final int MAX_PARTS = 32;

  private MultipartBody() {}

  /// The parts of a message's body: one for a body that is not multipart, none without a body.
  public static List<BodyPart> parts(SipMessage message) throws MalformedSipException {
    ParameterizedValue type = message.contentType();
    if (!message.hasBody() || type == null) {
      return List.of();
    }
    if (!type.value().regionMatches(true, 0, "multipart/", 0, 10)) {
      return List.of(BodyPart.of(type.toString(), message.body()));
    }
    String boundary = type.parameter("boundary");
    if (boundary == null || boundary.isEmpty()) {
      throw new MalformedSipException("a multipart body without boundary");
    }
    return parse(message.body(), boundary);
  }

  /// The first part of a type, looked for in the body itself too; null when there is none.
  public static byte @Nullable [] find(SipMessage message, String type)
      throws MalformedSipException {
    for (BodyPart part : parts(message)) {
      if (part.type().equalsIgnoreCase(type)) {
        return part.content();
      }
    }
    return null;
  }

  private static List<BodyPart> parse(byte[] body, String boundary) throws MalformedSipException {
    byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.UTF_8);
    List<BodyPart> parts = new ArrayList<>();
    int from = delimiter(body, delimiter, 0);
    while (from >= 0) {
      int start = from + delimiter.length;
      if (start + 1 < body.length && body[start] == '-' && body[start + 1] == '-') {
        return parts;
      }
      start = lineEnd(body, start);
      int next = delimiter(body, delimiter, start);
      if (next < 0) {
        break;
      }
      if (parts.size() == MAX_PARTS) {
        throw new MalformedSipException("more than " + MAX_PARTS + " parts");
      }
      parts.add(part(body, start, next));
      from = next;
    }
    throw new MalformedSipException("a multipart body without end");
  }

  /// The delimiter at the beginning of a line.
  private static int delimiter(byte[] body, byte[] delimiter, int from) {
    for (int i = from; i + delimiter.length <= body.length; i++) {
      if ((i == 0 || body[i - 1] == '\n')
          && Arrays.equals(body, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
        return i;
      }
    }
    return -1;
  }

  private static int lineEnd(byte[] body, int from) {
    int i = from;
    while (i < body.length && body[i] != '\n') {
      i++;
    }
    return Math.min(i + 1, body.length);
  }

  private static BodyPart part(byte[] body, int from, int next) throws MalformedSipException {
    // The line end before a delimiter belongs to it.
    int stop = next > from && body[next - 1] == '\n' ? next - 1 : next;
    if (stop > from && body[stop - 1] == '\r') {
      stop--;
    }
    int line = from;
    while (line < stop) {
      int end = lineEnd(body, line);
      int length = end - line;
      if (length == 1 || length == 2 && body[line] == '\r') {
        Map<String, String> headers =
            BodyPart.headers(new String(body, from, line - from, StandardCharsets.UTF_8));
        return new BodyPart(headers, Arrays.copyOfRange(body, Math.min(end, stop), stop));
      }
      line = end;
    }
    throw new MalformedSipException("a body part without empty line");
  }

  /// Sets parts as the body of a message.
  ///
  /// @param subtype `mixed`, `related` …
  /// @param boundary stands in no part
  public static void set(
      SipMessage message, String subtype, String boundary, List<BodyPart> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (BodyPart part : parts) {
      StringBuilder head = new StringBuilder("--").append(boundary).append("\r\n");
      for (Map.Entry<String, String> header : part.headers().entrySet()) {
        head.append(Grammar.requireToken("header", header.getKey()));
        head.append(": ").append(Grammar.requireLine(header.getKey(), header.getValue()));
        head.append("\r\n");
      }
      out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      out.writeBytes(part.content());
      out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    out.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    message.body("multipart/" + subtype + ";boundary=\"" + boundary + "\"", out.toByteArray());
  }
}
