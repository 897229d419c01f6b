package org.klatsch.sdp;

import java.util.List;

/// `a=content`: what a stream shows, such as `slides` or `speaker`, RFC 4796 §5.
public record ContentAttribute(List<String> contents) implements Attribute {
  private static final int MAX = 32;

  public ContentAttribute {
    contents = List.copyOf(contents);
    contents.forEach(content -> Grammar.requireToken("content", content));
    Grammar.requireRange("number of contents", contents.size(), 1, MAX);
  }

  static ContentAttribute read(Cursor in) throws MalformedSdpException {
    List<String> contents = List.of(in.word("content").split(",", -1));
    in.end();
    if (contents.size() > MAX || !contents.stream().allMatch(Grammar::isToken)) {
      throw in.error("content is not 1 to " + MAX + " tokens joined by commas");
    }
    return new ContentAttribute(contents);
  }

  @Override
  public String attributeName() {
    return "content";
  }

  @Override
  public String attributeValue() {
    return String.join(",", contents);
  }
}
