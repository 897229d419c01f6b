package org.klatsch.sip;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A challenge or credentials: WWW-Authenticate, Proxy-Authenticate, Authorization,
/// Proxy-Authorization (RFC 3261 §20.7, §20.44; RFC 7235 §2.1); also Authentication-Info's
/// parameters, with an empty scheme.
public record Authentication(String scheme, Parameters parameters) {
  /// Parameters that stand without quotes, RFC 7616 §3.3 and §3.4.
  private static final Set<String> PLAIN = Set.of("algorithm", "stale", "nc", "userhash");

  static Authentication parse(Scanner in) throws MalformedSipException {
    String scheme = in.token();
    int mark = in.position();
    in.skipSpace();
    if (mark == in.position()) {
      throw in.malformed("white space expected at " + mark);
    }
    return new Authentication(scheme, list(in));
  }

  static Authentication parseInfo(Scanner in) throws MalformedSipException {
    return new Authentication("", list(in));
  }

  private static Parameters list(Scanner in) throws MalformedSipException {
    Parameters parameters = Parameters.NONE;
    do {
      if (in.atEnd()) {
        break; // A comma at the end.
      }
      Parameters.Parameter parameter = parameter(in);
      if (parameters.has(parameter.name())) {
        throw in.malformed("parameter " + parameter.name() + " stands twice");
      }
      parameters = parameters.with(parameter);
    } while (in.acceptSpaced(','));
    return parameters;
  }

  private static Parameters.Parameter parameter(Scanner in) throws MalformedSipException {
    String name = in.token();
    if (!in.acceptSpaced('=')) {
      throw in.malformed("'=' expected at " + in.position());
    }
    if (in.peek('"')) {
      return new Parameters.Parameter(name, in.quotedString(), true);
    }
    return new Parameters.Parameter(name, in.until(", \t"), false);
  }

  public boolean isDigest() {
    return scheme.equalsIgnoreCase("Digest");
  }

  public @Nullable String value(String name) {
    return parameters.value(name);
  }

  public Authentication with(String name, String value) {
    Parameters changed =
        PLAIN.contains(name.toLowerCase(Locale.ROOT))
            ? parameters.with(name, value)
            : parameters.withQuoted(name, value);
    return new Authentication(scheme, changed);
  }

  /// The same with a value that stands without quotes: `qop` of credentials.
  public Authentication withPlain(String name, String value) {
    return new Authentication(scheme, parameters.with(name, Grammar.requireToken(name, value)));
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(scheme);
    String separator = scheme.isEmpty() ? "" : " ";
    for (Parameters.Parameter parameter : parameters) {
      Parameters.append(out.append(separator), parameter);
      separator = ", ";
    }
    return out.toString();
  }
}
