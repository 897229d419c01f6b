package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=msid`: the MediaStream and track of an m-section, RFC 8830 §2.
///
/// @param id of the stream, `-` for none
/// @param appdata id of the track, or null
public record MsidAttribute(String id, @Nullable String appdata) implements Attribute {
  public MsidAttribute {
    Grammar.requireWord("msid", id);
    if (appdata != null) {
      Grammar.requireWord("msid appdata", appdata);
    }
  }

  static MsidAttribute read(Cursor in) throws MalformedSdpException {
    String id = in.word("msid");
    String appdata = in.hasMore() ? in.word("msid appdata") : null;
    in.end();
    return new MsidAttribute(id, appdata);
  }

  @Override
  public String attributeName() {
    return "msid";
  }

  @Override
  public String attributeValue() {
    return appdata == null ? id : id + " " + appdata;
  }
}
