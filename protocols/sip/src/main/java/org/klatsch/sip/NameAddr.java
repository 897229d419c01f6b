package org.klatsch.sip;

import org.jspecify.annotations.Nullable;

/// A URI with a name for people and parameters of the header: From, To, Contact, Route, Refer-To …,
/// RFC 3261 §20.10, §25.1.
///
/// @param displayName null when there is none; without quotes
/// @param uri what is named
/// @param parameters of the header, not of the URI: `tag`, `expires`, `+sip.instance` …
public record NameAddr(@Nullable String displayName, Uri uri, Parameters parameters) {
  public NameAddr {
    if (displayName != null) {
      Grammar.requireLine("display name", displayName);
    }
  }

  /// A URI alone.
  public static NameAddr of(Uri uri) {
    return new NameAddr(null, uri, Parameters.NONE);
  }

  /// Parses a value with all its parameters.
  public static NameAddr parse(String text) throws MalformedSipException {
    return Scanner.whole(text, NameAddr::parse);
  }

  static NameAddr parse(Scanner in) throws MalformedSipException {
    String displayName = null;
    if (in.peek('"')) {
      displayName = in.quotedString();
      in.skipSpace();
    } else if (!in.peek('<')) {
      int start = in.position();
      String before = in.until("<");
      if (in.atEnd()) {
        in.position(start);
        return addrSpec(in);
      }
      displayName = tokens(before, in);
    }
    in.expect('<');
    in.skipSpace();
    String text = in.until(">");
    if (!text.isEmpty() && Grammar.isSpace(text.charAt(text.length() - 1))) {
      throw in.malformed("white space in a URI"); // RFC 4475 §3.1.2.14
    }
    Uri uri = Uri.parse(text);
    in.expect('>');
    return new NameAddr(displayName, uri, in.parameters());
  }

  /// `*(token LWS)`.
  private static String tokens(String text, Scanner in) throws MalformedSipException {
    String name = text.strip();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      // Names of people in UTF-8 come unquoted, too.
      if (!Grammar.isTokenChar(c) && !Grammar.isSpace(c) && c < 128) {
        throw in.malformed("a display name holds '" + c + "'");
      }
    }
    return name;
  }

  /// A URI without brackets: what follows a semicolon belongs to the header, and a URI that itself
  /// has a comma, a question mark or a semicolon must stand in brackets (RFC 3261 §20.10).
  private static NameAddr addrSpec(Scanner in) throws MalformedSipException {
    String text = in.until(";?, \t");
    if (in.peek('?') || in.peek(',')) {
      throw in.malformed("a URI with '" + in.peek() + "' stands without brackets");
    }
    return new NameAddr(null, Uri.parse(text), in.parameters());
  }

  /// The `tag` of From and To; null when there is none.
  public @Nullable String tag() {
    return parameters.value("tag");
  }

  public NameAddr withTag(String tag) {
    return new NameAddr(displayName, uri, parameters.with("tag", tag));
  }

  public NameAddr withoutTag() {
    return new NameAddr(displayName, uri, parameters.without("tag"));
  }

  public NameAddr withUri(Uri newUri) {
    return new NameAddr(displayName, newUri, parameters);
  }

  public NameAddr withParameters(Parameters newParameters) {
    return new NameAddr(displayName, uri, newParameters);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(64);
    if (displayName != null && !displayName.isEmpty()) {
      Grammar.quote(out, displayName);
      out.append(' ');
    }
    out.append('<').append(uri).append('>');
    parameters.appendTo(out);
    return out.toString();
  }
}
