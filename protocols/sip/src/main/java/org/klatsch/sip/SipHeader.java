package org.klatsch.sip;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A header whose values have a type here: name, compact form, and how a value is read. Values are
/// written by their `toString()`.
///
/// @param <T> the type of one value
public final class SipHeader<T> {
  private static final Map<String, SipHeader<?>> BY_NAME = new HashMap<>();

  public static final SipHeader<Via> VIA = list("Via", 'v', Via::parse);
  public static final SipHeader<NameAddr> FROM = single("From", 'f', NameAddr::parse);
  public static final SipHeader<NameAddr> TO = single("To", 't', NameAddr::parse);
  public static final SipHeader<String> CALL_ID = single("Call-ID", 'i', SipHeader::callId);
  public static final SipHeader<CSeq> CSEQ = single("CSeq", '\0', CSeq::parse);
  public static final SipHeader<NameAddr> CONTACT = list("Contact", 'm', NameAddr::parse);
  public static final SipHeader<NameAddr> ROUTE = list("Route", '\0', NameAddr::parse);
  public static final SipHeader<NameAddr> RECORD_ROUTE =
      list("Record-Route", '\0', NameAddr::parse);
  public static final SipHeader<NameAddr> PATH = list("Path", '\0', NameAddr::parse);
  public static final SipHeader<NameAddr> SERVICE_ROUTE =
      list("Service-Route", '\0', NameAddr::parse);
  public static final SipHeader<NameAddr> ASSERTED_IDENTITY =
      list("P-Asserted-Identity", '\0', NameAddr::parse);
  public static final SipHeader<NameAddr> REFER_TO = single("Refer-To", 'r', NameAddr::parse);
  public static final SipHeader<NameAddr> REFERRED_BY = single("Referred-By", 'b', NameAddr::parse);
  public static final SipHeader<Replaces> REPLACES = single("Replaces", '\0', Replaces::parse);
  public static final SipHeader<Long> MAX_FORWARDS =
      single("Max-Forwards", '\0', in -> in.number(255));
  public static final SipHeader<Long> EXPIRES =
      single("Expires", '\0', in -> in.number(0xffff_ffffL));
  public static final SipHeader<Long> MIN_EXPIRES =
      single("Min-Expires", '\0', in -> in.number(0xffff_ffffL));
  public static final SipHeader<Long> CONTENT_LENGTH =
      single("Content-Length", 'l', in -> in.number(Integer.MAX_VALUE));
  public static final SipHeader<ParameterizedValue> CONTENT_TYPE =
      single("Content-Type", 'c', ParameterizedValue::parseMediaType);
  public static final SipHeader<ParameterizedValue> CONTENT_DISPOSITION =
      single("Content-Disposition", '\0', ParameterizedValue::parseToken);
  public static final SipHeader<String> CONTENT_ENCODING =
      list("Content-Encoding", 'e', Scanner::token);
  public static final SipHeader<String> ALLOW = list("Allow", '\0', Scanner::token);
  public static final SipHeader<String> SUPPORTED = list("Supported", 'k', Scanner::token);
  public static final SipHeader<String> REQUIRE = list("Require", '\0', Scanner::token);
  public static final SipHeader<String> PROXY_REQUIRE = list("Proxy-Require", '\0', Scanner::token);
  public static final SipHeader<String> UNSUPPORTED = list("Unsupported", '\0', Scanner::token);
  public static final SipHeader<String> ALLOW_EVENTS = list("Allow-Events", 'u', Scanner::token);
  public static final SipHeader<ParameterizedValue> EVENT =
      single("Event", 'o', ParameterizedValue::parseToken);
  public static final SipHeader<ParameterizedValue> SUBSCRIPTION_STATE =
      single("Subscription-State", '\0', ParameterizedValue::parseToken);
  public static final SipHeader<ParameterizedValue> REASON =
      list("Reason", '\0', ParameterizedValue::parseToken);
  public static final SipHeader<RetryAfter> RETRY_AFTER =
      single("Retry-After", '\0', RetryAfter::parse);
  public static final SipHeader<SessionExpires> SESSION_EXPIRES =
      single("Session-Expires", 'x', SessionExpires::parse);
  public static final SipHeader<SessionExpires> MIN_SE =
      single("Min-SE", '\0', SessionExpires::parse);
  public static final SipHeader<Long> RSEQ = single("RSeq", '\0', in -> in.number(0xffff_ffffL));
  public static final SipHeader<RAck> RACK = single("RAck", '\0', RAck::parse);
  public static final SipHeader<Authentication> WWW_AUTHENTICATE =
      repeated("WWW-Authenticate", Authentication::parse);
  public static final SipHeader<Authentication> PROXY_AUTHENTICATE =
      repeated("Proxy-Authenticate", Authentication::parse);
  public static final SipHeader<Authentication> AUTHORIZATION =
      repeated("Authorization", Authentication::parse);
  public static final SipHeader<Authentication> PROXY_AUTHORIZATION =
      repeated("Proxy-Authorization", Authentication::parse);
  public static final SipHeader<Authentication> AUTHENTICATION_INFO =
      single("Authentication-Info", '\0', Authentication::parseInfo);
  public static final SipHeader<String> DATE = single("Date", '\0', SipHeader::date);
  public static final SipHeader<String> FLOW_TIMER =
      single("Flow-Timer", '\0', in -> Long.toString(in.number(0xffff_ffffL)));

  /// Long names of compact forms without a type here: RFC 3261 §7.3.3 and the registry.
  private static final Map<String, String> COMPACT_OTHERS =
      Map.of(
          "s",
          "Subject",
          "a",
          "Accept-Contact",
          "j",
          "Reject-Contact",
          "d",
          "Request-Disposition",
          "y",
          "Identity");

  private final String name;
  private final boolean list;
  private final boolean single;
  private final Scanner.Rule<T> rule;

  private SipHeader(String name, boolean list, boolean single, Scanner.Rule<T> rule) {
    this.name = name;
    this.list = list;
    this.single = single;
    this.rule = rule;
  }

  private static <T> SipHeader<T> register(SipHeader<T> header, char compact) {
    BY_NAME.put(header.name.toLowerCase(Locale.ROOT), header);
    if (compact != '\0') {
      BY_NAME.put(String.valueOf(compact), header);
    }
    return header;
  }

  /// At most one value.
  private static <T> SipHeader<T> single(String name, char compact, Scanner.Rule<T> rule) {
    return register(new SipHeader<>(name, false, true, rule), compact);
  }

  /// Many values, each in a line of its own or separated by commas.
  private static <T> SipHeader<T> list(String name, char compact, Scanner.Rule<T> rule) {
    return register(new SipHeader<>(name, true, false, rule), compact);
  }

  /// Many values, each in a line of its own, as a value itself has commas.
  private static <T> SipHeader<T> repeated(String name, Scanner.Rule<T> rule) {
    return register(new SipHeader<>(name, false, false, rule), '\0');
  }

  /// The header of a name or compact form; null for one without a type.
  static @Nullable SipHeader<?> of(String name) {
    return BY_NAME.get(name.toLowerCase(Locale.ROOT));
  }

  /// The usual spelling of a name or compact form; unknown ones stay as they are.
  static String canonicalName(String name) {
    SipHeader<?> header = of(name);
    if (header != null) {
      return header.name;
    }
    return name.length() == 1
        ? COMPACT_OTHERS.getOrDefault(name.toLowerCase(Locale.ROOT), name)
        : name;
  }

  public String name() {
    return name;
  }

  /// Whether several values may stand in one line, separated by commas.
  boolean isList() {
    return list;
  }

  /// Whether a message may have it once only.
  boolean isSingle() {
    return single;
  }

  T parse(String value) throws MalformedSipException {
    return Scanner.whole(value, rule);
  }

  private static String callId(Scanner in) throws MalformedSipException {
    String callId = in.until(" \t");
    if (callId.isEmpty()) {
      throw in.malformed("a Call-ID is empty");
    }
    for (int i = 0; i < callId.length(); i++) {
      char c = callId.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        throw in.malformed("a Call-ID holds a control character");
      }
    }
    return callId;
  }

  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  /// RFC 3261 §20.17: like HTTP's, and always GMT.
  private static String date(Scanner in) throws MalformedSipException {
    String date = in.rest().strip();
    if (!date.endsWith(" GMT") || DAYS.stream().noneMatch(day -> date.startsWith(day + ", "))) {
      throw in.malformed("a date is not as in RFC 3261 §20.17");
    }
    return date;
  }

  @Override
  public String toString() {
    return name;
  }
}
