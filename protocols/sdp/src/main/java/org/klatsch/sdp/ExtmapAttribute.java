package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=extmap`: number of an RTP header extension, RFC 8285 §7.
///
/// @param id 1 to 14 for one-byte headers, to 255 for two-byte ones, 4096 to 4351 when offered as
///   one of several
/// @param direction null when it is the media's
/// @param uri names the extension
/// @param extensionAttributes what the extension defines, or null
public record ExtmapAttribute(
    int id,
    @Nullable DirectionAttribute direction,
    String uri,
    @Nullable String extensionAttributes)
    implements Attribute {
  private static final int MAX_ID = 4351;

  public ExtmapAttribute {
    Grammar.requireRange("extension id", id, 0, MAX_ID);
    Grammar.requireWord("extension uri", uri);
    if (extensionAttributes != null) {
      Grammar.requireText("extension attributes", extensionAttributes);
    }
  }

  static ExtmapAttribute read(Cursor in) throws MalformedSdpException {
    String[] number = in.word("extension id").split("/", 2);
    int id = (int) in.parse(number[0], "extension id", 0, MAX_ID);
    DirectionAttribute direction = null;
    if (number.length == 2) {
      direction = DirectionAttribute.of(number[1]);
      if (direction == null) {
        throw in.error("extension direction is unknown");
      }
    }
    String uri = in.word("extension uri");
    return new ExtmapAttribute(
        id, direction, uri, in.hasMore() ? in.rest("extension attributes") : null);
  }

  @Override
  public String attributeName() {
    return "extmap";
  }

  @Override
  public String attributeValue() {
    String text =
        direction == null ? id + " " + uri : id + "/" + direction.attributeName() + " " + uri;
    return extensionAttributes == null ? text : text + " " + extensionAttributes;
  }
}
