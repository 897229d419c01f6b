package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `a=ssrc-group`: RTP sources that belong together, RFC 5576 §4.2.
///
/// @param semantics such as `FID` (a stream and its retransmissions) or `SIM` (simulcast)
/// @param ssrcs unsigned 32 bits each
public record SsrcGroupAttribute(String semantics, List<Long> ssrcs) implements Attribute {
  private static final long MAX_SSRC = 0xFFFF_FFFFL;
  private static final int MAX = 64;

  public SsrcGroupAttribute {
    Grammar.requireWord("ssrc-group semantics", semantics);
    ssrcs = List.copyOf(ssrcs);
    for (long ssrc : ssrcs) {
      Grammar.requireRange("ssrc", ssrc, 0, MAX_SSRC);
    }
  }

  static SsrcGroupAttribute read(Cursor in) throws MalformedSdpException {
    String semantics = in.word("ssrc-group semantics");
    List<Long> ssrcs = new ArrayList<>();
    for (String word : in.words("ssrc", MAX)) {
      ssrcs.add(in.parse(word, "ssrc", 0, MAX_SSRC));
    }
    return new SsrcGroupAttribute(semantics, ssrcs);
  }

  @Override
  public String attributeName() {
    return "ssrc-group";
  }

  @Override
  public String attributeValue() {
    return ssrcs.isEmpty()
        ? semantics
        : semantics
            + " "
            + ssrcs.stream().map(ssrc -> Long.toString(ssrc)).collect(Collectors.joining(" "));
  }
}
