package org.klatsch.sip;

import java.util.Locale;

/// A URI of a scheme that is unknown here, kept as it came: `absoluteURI` of RFC 3261 §25.1.
public record OtherUri(String text) implements Uri {
  public OtherUri {
    Grammar.requireLine("URI", text);
  }

  @Override
  public String scheme() {
    return text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  @Override
  public String userText() {
    return "";
  }

  @Override
  public String toString() {
    return text;
  }
}
