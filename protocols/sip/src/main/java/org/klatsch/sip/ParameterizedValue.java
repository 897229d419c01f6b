package org.klatsch.sip;

import org.jspecify.annotations.Nullable;

/// A word with parameters: Event and Subscription-State (RFC 6665 §8.2), Reason (RFC 3326 §2),
/// Content-Disposition, Content-Type, Accept …
///
/// @param value a token, or `type/subtype`
public record ParameterizedValue(String value, Parameters parameters) {
  public ParameterizedValue {
    Grammar.requireLine("value", value);
  }

  public static ParameterizedValue of(String value) {
    return new ParameterizedValue(value, Parameters.NONE);
  }

  static ParameterizedValue parseToken(Scanner in) throws MalformedSipException {
    return new ParameterizedValue(in.token(), in.parameters());
  }

  static ParameterizedValue parseMediaType(Scanner in) throws MalformedSipException {
    String type = in.token();
    if (!in.acceptSpaced('/')) {
      throw in.malformed("'/' expected at " + in.position());
    }
    return new ParameterizedValue(type + "/" + in.token(), in.parameters());
  }

  public boolean is(String other) {
    return value.equalsIgnoreCase(other);
  }

  public @Nullable String parameter(String name) {
    return parameters.value(name);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(value);
    parameters.appendTo(out);
    return out.toString();
  }
}
