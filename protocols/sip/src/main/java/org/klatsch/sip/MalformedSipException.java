package org.klatsch.sip;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// Text that is not SIP. When it is a request that can still be answered, [#request()] holds enough
/// of it for the response with [#status()].
public final class MalformedSipException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  /// Enough to recognise a value; the rest of a hostile one is not copied into messages and logs.
  private static final int SHOWN = 80;

  private final int status;
  private final transient @Nullable SipRequest request;

  MalformedSipException(String reason) {
    this(SipStatus.BAD_REQUEST, reason, null);
  }

  MalformedSipException(String reason, String text) {
    this(SipStatus.BAD_REQUEST, reason + ", in: " + shown(text), null);
  }

  MalformedSipException(int status, String reason, @Nullable SipRequest request) {
    super(reason);
    this.status = status;
    this.request = request;
  }

  /// The status code of the answer that a request earns: 400, 413, 505 …
  public int status() {
    return status;
  }

  /// The request as far as it was understood, with top Via, From, To, Call-ID and CSeq present
  /// though perhaps not well-formed; null when it is a response or cannot be answered.
  public @Nullable SipRequest request() {
    return request;
  }

  /// The same with the request that it concerns.
  MalformedSipException of(SipRequest answerable) {
    String reason = getMessage();
    return new MalformedSipException(status, reason == null ? "" : reason, answerable);
  }

  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) ? '\uFFFD' : c);
    }
    return text.length() > SHOWN ? out.append('…').toString() : out.toString();
  }
}
