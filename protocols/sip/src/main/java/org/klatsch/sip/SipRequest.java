package org.klatsch.sip;

import java.util.List;

/// A request, RFC 3261 §7.1.
public final class SipRequest extends SipMessage {
  public static final String INVITE = "INVITE";
  public static final String ACK = "ACK";
  public static final String BYE = "BYE";
  public static final String CANCEL = "CANCEL";
  public static final String OPTIONS = "OPTIONS";
  public static final String REGISTER = "REGISTER";
  public static final String PRACK = "PRACK";
  public static final String UPDATE = "UPDATE";
  public static final String INFO = "INFO";
  public static final String REFER = "REFER";
  public static final String NOTIFY = "NOTIFY";
  public static final String SUBSCRIBE = "SUBSCRIBE";
  public static final String MESSAGE = "MESSAGE";

  /// RFC 3261 §8.1.1.6.
  private static final long MAX_FORWARDS = 70;

  private final String method;
  private Uri uri;

  /// A request without headers.
  public SipRequest(String method, Uri uri) {
    this.method = Grammar.requireToken("method", method);
    this.uri = uri;
  }

  /// A request outside of a dialog with what every request has but Via, RFC 3261 §8.1.1.
  ///
  /// @param from with its tag
  public static SipRequest of(
      String method, Uri uri, NameAddr from, NameAddr to, String callId, long cseq) {
    SipRequest request = new SipRequest(method, uri);
    request.add(SipHeader.MAX_FORWARDS, MAX_FORWARDS);
    request.add(SipHeader.FROM, from);
    request.add(SipHeader.TO, to);
    request.add(SipHeader.CALL_ID, callId);
    request.add(SipHeader.CSEQ, new CSeq(cseq, method));
    return request;
  }

  public String method() {
    return method;
  }

  /// Methods are compared with their case, RFC 3261 §7.1.
  public boolean is(String other) {
    return method.equals(other);
  }

  /// The Request-URI.
  public Uri uri() {
    return uri;
  }

  public void uri(Uri newUri) {
    uri = newUri;
  }

  /// A copy whose headers can be changed apart.
  public SipRequest copy() {
    SipRequest copy = new SipRequest(method, uri);
    copy.copyAll(this);
    return copy;
  }

  /// An answer with all that RFC 3261 §8.2.6 takes from the request. A To tag is the user agent's.
  public SipResponse response(int status) {
    return response(status, SipStatus.reason(status));
  }

  /// The same with a reason phrase.
  public SipResponse response(int status, String reason) {
    SipResponse response = new SipResponse(status, reason);
    for (SipHeader<?> header :
        List.of(SipHeader.VIA, SipHeader.FROM, SipHeader.TO, SipHeader.CALL_ID, SipHeader.CSEQ)) {
      response.copyLines(this, header.name());
    }
    if (status == SipStatus.TRYING) {
      response.copyLines(this, "Timestamp");
    }
    return response;
  }

  @Override
  String startLine() {
    return method + " " + uri + " SIP/2.0";
  }
}
