package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// An attribute that has no type here, or whose value does not follow the grammar of one that only
/// media care for. It is kept as it came: RFC 8866 §5.13 wants unknown attributes ignored.
public record OtherAttribute(String attributeName, @Nullable String attributeValue)
    implements Attribute {
  public OtherAttribute {
    if (attributeName.isEmpty()
        || attributeName.indexOf(':') >= 0
        || !Grammar.isByteString(attributeName)) {
      throw new IllegalArgumentException(
          "attribute name '" + attributeName + "', expected one line of text without a colon");
    }
    if (attributeValue != null && !Grammar.isByteString(attributeValue)) {
      throw new IllegalArgumentException(
          "attribute value '" + attributeValue + "', expected one line of text");
    }
  }
}
