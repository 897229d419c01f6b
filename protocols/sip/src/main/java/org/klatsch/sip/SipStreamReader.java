package org.klatsch.sip;

import java.util.Arrays;
import org.klatsch.sansio.StreamFraming;

/// Cuts a byte stream (TCP, TLS) into messages by their Content-Length, RFC 3261 §18.3, and counts
/// the empty lines between them: RFC 5626 §3.5.1 has two as a ping and one as its answer. Not
/// thread-safe.
public final class SipStreamReader implements StreamFraming {
  private final SipLimits limits;
  private byte[] buffer = new byte[4096];
  private int start;
  private int end;
  private int packetLength;
  private int scanned;
  private int emptyLines;
  private int pings;
  private int pongs;

  public SipStreamReader() {
    this(SipLimits.DEFAULT);
  }

  public SipStreamReader(SipLimits limits) {
    this.limits = limits;
  }

  @Override
  public void handleBytes(byte[] bytes, int offset, int length) {
    start += packetLength;
    packetLength = 0;
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (buffer.length - end < length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, end + length));
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  @Override
  public boolean next() throws MalformedSipException {
    start += packetLength;
    if (packetLength > 0) {
      packetLength = 0;
      scanned = 0;
    }
    skipEmptyLines();
    int head = headLength();
    if (head < 0) {
      if (end - start > limits.maxHeaderLength()) {
        throw new MalformedSipException(
            "headers of more than " + limits.maxHeaderLength() + " bytes");
      }
      return false;
    }
    long length = head + contentLength(head);
    if (length > limits.maxMessageLength()) {
      throw new MalformedSipException(
          "a message of " + length + " bytes, at most " + limits.maxMessageLength());
    }
    if (end - start < length) {
      return false;
    }
    packetLength = (int) length;
    return true;
  }

  /// Before a message: line ends alone. A carriage return at the buffer's end waits for what
  /// follows.
  private void skipEmptyLines() {
    while (start < end) {
      if (buffer[start] == '\n') {
        start++;
      } else if (buffer[start] == '\r' && start + 1 < end && buffer[start + 1] == '\n') {
        start += 2;
      } else {
        if (buffer[start] != '\r') {
          // What follows is a message, so a line end before it belongs to nothing.
          pongs += emptyLines;
          emptyLines = 0;
        }
        return;
      }
      scanned = 0;
      if (++emptyLines == 2) {
        emptyLines = 0;
        pings++;
      }
    }
  }

  /// Length of start line, headers and the empty line; -1 while they are not complete.
  private int headLength() {
    for (int i = start + Math.max(0, scanned - 3); i < end; i++) {
      if (buffer[i] == '\n') {
        boolean crlf = i + 2 < end && buffer[i + 1] == '\r' && buffer[i + 2] == '\n';
        boolean lf = i + 1 < end && buffer[i + 1] == '\n';
        if (crlf || lf) {
          int stop = i + (crlf ? 3 : 2);
          return stop - start > limits.maxHeaderLength() ? -1 : stop - start;
        }
      }
    }
    scanned = end - start;
    return -1;
  }

  /// RFC 3261 §20.14 wants the header on streams; where it is missing there is no body.
  private long contentLength(int head) throws MalformedSipException {
    int line = start;
    int stop = start + head;
    while (line < stop) {
      int next = line;
      while (next < stop && buffer[next] != '\n') {
        next++;
      }
      int colon = line;
      while (colon < next && buffer[colon] != ':') {
        colon++;
      }
      if (colon < next && isContentLength(line, colon)) {
        return number(colon + 1, next);
      }
      line = next + 1;
    }
    return 0;
  }

  private boolean isContentLength(int from, int to) {
    int stop = to;
    while (stop > from && Grammar.isSpace((char) buffer[stop - 1])) {
      stop--;
    }
    String name = "content-length";
    if (stop - from == 1) {
      return buffer[from] == 'l' || buffer[from] == 'L';
    }
    if (stop - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.toLowerCase((char) buffer[from + i]) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private long number(int from, int to) throws MalformedSipException {
    long value = -1;
    for (int i = from; i < to; i++) {
      char c = (char) buffer[i];
      if (c >= '0' && c <= '9') {
        value = Math.max(value, 0) * 10 + (c - '0');
      } else if (c != ' ' && c != '\t' && c != '\r') {
        value = -1;
        break;
      }
      if (value > limits.maxMessageLength()) {
        throw new MalformedSipException("Content-Length above " + limits.maxMessageLength());
      }
    }
    if (value < 0) {
      throw new MalformedSipException("Content-Length is no number");
    }
    return value;
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int packetOffset() {
    return start;
  }

  @Override
  public int packetLength() {
    return packetLength;
  }

  /// Whether bytes of a message that is not complete are waiting.
  public boolean isInsideMessage() {
    return end - start > packetLength && buffer[start + packetLength] != '\r';
  }

  /// Pings (two empty lines) since the last call; each wants one empty line as its answer.
  public int takePings() {
    int taken = pings;
    pings = 0;
    return taken;
  }

  /// Answers to pings (one empty line) since the last call. Ask when all that came has been read: a
  /// line end at the end of what came counts here.
  public int takePongs() {
    if (start == end) {
      pongs += emptyLines;
      emptyLines = 0;
    }
    int taken = pongs;
    pongs = 0;
    return taken;
  }
}
