package org.klatsch.sip;

import org.jspecify.annotations.Nullable;

/// One value of a header of a message. Headers with a type here are read when they come in.
///
/// @param name in its usual spelling
/// @param value as text, unfolded
/// @param typed the value by its type; null for a header without one, and in a request that is only
///   there to be refused
record HeaderLine(String name, String value, @Nullable Object typed) {
  static HeaderLine of(String name, String value) {
    Grammar.requireToken("header", name);
    Grammar.requireLine(name, value);
    SipHeader<?> header = SipHeader.of(name);
    if (header == null) {
      return new HeaderLine(SipHeader.canonicalName(name), value, null);
    }
    try {
      return new HeaderLine(header.name(), value, header.parse(value));
    } catch (MalformedSipException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  static HeaderLine of(SipHeader<?> header, Object value) {
    return new HeaderLine(
        header.name(), Grammar.requireLine(header.name(), value.toString()), value);
  }

  boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}
