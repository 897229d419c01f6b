package org.klatsch.sdp;

import org.klatsch.sansio.MalformedPacketException;

/// Text that is not SDP. The message shows the line's number, what was expected and the offending
/// text, shortened.
public final class MalformedSdpException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  /// Enough to recognise a line; the rest of a hostile one is not copied into messages and logs.
  private static final int SHOWN = 80;

  private final int line;

  MalformedSdpException(int line, String text, String reason) {
    super("line " + line + ": " + reason + ", in: " + shown(text));
    this.line = line;
  }

  /// Number of the offending line, from 1: `sdpLineNumber` of the W3C's `RTCError`.
  public int line() {
    return line;
  }

  private static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return text.length() > SHOWN ? out.append('…').toString() : out.toString();
  }
}
