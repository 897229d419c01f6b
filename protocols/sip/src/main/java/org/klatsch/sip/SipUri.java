package org.klatsch.sip;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A `sip` or `sips` URI, RFC 3261 §19.1. Escapes stay as they came, so that what is passed on is
/// the same; [#userText()] removes them.
///
/// @param secure whether the scheme is `sips`
/// @param user with its escapes, without password; null when there is none
/// @param password null when there is none, as there should be
/// @param place host and port
/// @param parameters `transport`, `lr`, `user` …
/// @param headers what stands behind `?`, with its escapes; null when there is none
public record SipUri(
    boolean secure,
    @Nullable String user,
    @Nullable String password,
    HostPort place,
    Parameters parameters,
    @Nullable String headers)
    implements Uri {

  /// A URI of a user at a host.
  ///
  /// @param user without escapes; null for a host alone
  public static SipUri of(@Nullable String user, HostPort place) {
    return new SipUri(
        false, user == null ? null : Grammar.escapeUser(user), null, place, Parameters.NONE, null);
  }

  static SipUri parse(boolean secure, String text, int from) throws MalformedSipException {
    Scanner in = new Scanner(text);
    in.position(from);
    // A user part may hold ; and ?, so the @ decides (RFC 4475 §3.1.1.9). A host cannot hold one,
    // nor
    // can parameters and headers unescaped.
    int at = text.indexOf('@', from);
    String user = null;
    String password = null;
    if (at >= 0) {
      String info = text.substring(from, at);
      int colon = info.indexOf(':');
      user = colon < 0 ? info : info.substring(0, colon);
      password = colon < 0 ? null : info.substring(colon + 1);
      if (user.isEmpty()) {
        throw new MalformedSipException("a URI has an empty user", text);
      }
      check(user, text);
      if (password != null) {
        check(password, text);
      }
      in.position(at + 1);
    }
    String host = in.host();
    int port = in.accept(':') ? in.port() : -1;
    Parameters parameters = parameters(in, text);
    String headers = null;
    if (in.accept('?')) {
      headers = in.rest();
      for (int i = 0; i < headers.length(); i++) {
        char c = headers.charAt(i);
        if (!Grammar.isUriHeaderChar(c) && c != '=' && c != '&' && c != '%') {
          throw new MalformedSipException("headers of a URI hold '" + c + "'", text);
        }
      }
    }
    if (!in.atEnd()) {
      throw new MalformedSipException("a URI goes on at " + in.position(), text);
    }
    return new SipUri(secure, user, password, new HostPort(host, port), parameters, headers);
  }

  private static void check(String part, String text) throws MalformedSipException {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      // Dialled digits with # are sent unescaped by telephones; letters outside ASCII by people.
      if (!Grammar.isUserChar(c) && c != '%' && c != '#' && c != ':' && c < 128) {
        throw new MalformedSipException("the user of a URI holds '" + c + "'", text);
      }
    }
  }

  /// Parameters as URIs have them: values are not quoted and keep their escapes.
  static Parameters parameters(Scanner in, String text) throws MalformedSipException {
    Parameters parameters = Parameters.NONE;
    while (in.accept(';')) {
      String name = in.until("=;?");
      String plain = Grammar.unescape(name);
      if (Grammar.isToken(plain)) {
        name = plain; // `%6C%72` is `lr`, RFC 4475 §3.1.1.3.
      }
      String value = in.accept('=') ? in.until(";?") : null;
      if (name.isEmpty()) {
        if (value == null) {
          continue; // `;;` and a `;` at the end are in use.
        }
        throw new MalformedSipException("a parameter of a URI has no name", text);
      }
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        if (!Grammar.isParameterChar(c) && c != '%') {
          throw new MalformedSipException("a parameter's name holds '" + c + "'", text);
        }
      }
      for (int i = 0; value != null && i < value.length(); i++) {
        char c = value.charAt(i);
        // `=` is not in the grammar, but in tokens of base64 that proxies put there.
        if (!Grammar.isParameterChar(c) && c != '%' && c != '=' && c != '@' && c != ',') {
          throw new MalformedSipException("a parameter's value holds '" + c + "'", text);
        }
      }
      parameters = parameters.with(new Parameters.Parameter(name, value, false));
    }
    return parameters;
  }

  @Override
  public String scheme() {
    return secure ? "sips" : "sip";
  }

  @Override
  public String userText() {
    return user == null ? "" : Grammar.unescape(user);
  }

  public String host() {
    return place.host();
  }

  /// The transport that a `transport` parameter names; null without one or for an unknown one. `ws`
  /// in a `sips` URI is WSS, and `tcp` is TLS (RFC 3261 §26.2.2, RFC 7118 §5.2).
  public @Nullable SipTransport transport() {
    String name = parameters.value("transport");
    SipTransport transport = name == null ? null : SipTransport.of(name);
    if (!secure || transport == null) {
      return transport;
    }
    return switch (transport) {
      case TCP -> SipTransport.TLS;
      case WS -> SipTransport.WSS;
      default -> transport;
    };
  }

  /// Whether this names a loose router, RFC 3261 §19.1.1.
  public boolean isLooseRouter() {
    return parameters.has("lr");
  }

  public SipUri withUser(@Nullable String newUser) {
    String escaped = newUser == null ? null : Grammar.escapeUser(newUser);
    return new SipUri(secure, escaped, password, place, parameters, headers);
  }

  public SipUri withPlace(HostPort newPlace) {
    return new SipUri(secure, user, password, newPlace, parameters, headers);
  }

  public SipUri withParameters(Parameters newParameters) {
    return new SipUri(secure, user, password, place, newParameters, headers);
  }

  public SipUri withTransport(SipTransport transport) {
    return withParameters(parameters.with("transport", transport.parameter()));
  }

  public SipUri withoutHeaders() {
    return headers == null ? this : new SipUri(secure, user, password, place, parameters, null);
  }

  /// A header behind `?`, without escapes; null when it is absent. `Replaces` of a Refer-To stands
  /// there (RFC 3891 §5).
  public @Nullable String header(String name) {
    if (headers == null) {
      return null;
    }
    for (String header : headers.split("&", -1)) {
      int equals = header.indexOf('=');
      if (equals > 0 && Grammar.unescape(header.substring(0, equals)).equalsIgnoreCase(name)) {
        return Grammar.unescape(header.substring(equals + 1));
      }
    }
    return null;
  }

  /// This with one more header behind `?`.
  ///
  /// @param value without escapes
  public SipUri withHeader(String name, String value) {
    String header = Grammar.escapeUriHeader(name) + "=" + Grammar.escapeUriHeader(value);
    return new SipUri(
        secure,
        user,
        password,
        place,
        parameters,
        headers == null ? header : headers + "&" + header);
  }

  /// Whether both name the same by the comparison of RFC 3261 §19.1.4.
  public boolean isEquivalent(SipUri other) {
    if (secure != other.secure
        || !userText().equals(other.userText())
        || (user == null) != (other.user == null)
        || !unescaped(password).equals(unescaped(other.password))
        || !place.hasSameHost(other.place)
        || place.port() != other.place.port()
        || !uriHeaders().equals(other.uriHeaders())) {
      return false;
    }
    for (Parameters.Parameter parameter : parameters) {
      if (!hasEqual(parameter, other.parameters)) {
        return false;
      }
    }
    for (Parameters.Parameter parameter : other.parameters) {
      if (!hasEqual(parameter, parameters)) {
        return false;
      }
    }
    return true;
  }

  /// Parameters that only one side has are ignored, save those that say who or where is meant.
  private static boolean hasEqual(Parameters.Parameter parameter, Parameters others) {
    if (!others.has(parameter.name())) {
      return switch (parameter.name().toLowerCase(Locale.ROOT)) {
        case "user", "ttl", "method", "maddr", "transport" -> false;
        default -> true;
      };
    }
    return unescaped(parameter.value()).equalsIgnoreCase(unescaped(others.value(parameter.name())));
  }

  private Map<String, String> uriHeaders() {
    Map<String, String> map = new HashMap<>();
    if (headers != null) {
      for (String header : headers.split("&", -1)) {
        int equals = header.indexOf('=');
        String name = equals < 0 ? header : header.substring(0, equals);
        map.put(
            Grammar.unescape(name).toLowerCase(Locale.ROOT),
            equals < 0 ? "" : Grammar.unescape(header.substring(equals + 1)));
      }
    }
    return map;
  }

  private static String unescaped(@Nullable String text) {
    return text == null ? "" : Grammar.unescape(text);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(64).append(secure ? "sips:" : "sip:");
    if (user != null) {
      out.append(user);
      if (password != null) {
        out.append(':').append(password);
      }
      out.append('@');
    }
    out.append(place);
    parameters.appendToUri(out);
    if (headers != null) {
      out.append('?').append(headers);
    }
    return out.toString();
  }
}
