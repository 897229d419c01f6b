package org.klatsch.sdp;

/// `a=sctpmap`: how drafts before RFC 8841 named the SCTP port; its number is the m-line's format.
///
/// @param port SCTP port
/// @param application `webrtc-datachannel`
/// @param streams number of streams; 0 when not given
public record SctpmapAttribute(int port, String application, int streams) implements Attribute {
  public SctpmapAttribute {
    Grammar.requireRange("sctpmap port", port, 0, 65_535);
    Grammar.requireWord("sctpmap application", application);
    Grammar.requireRange("sctpmap streams", streams, 0, 65_536);
  }

  static SctpmapAttribute read(Cursor in) throws MalformedSdpException {
    int port = in.intNumber("sctpmap port", 0, 65_535);
    String application = in.word("sctpmap application");
    int streams = in.hasMore() ? in.intNumber("sctpmap streams", 0, 65_536) : 0;
    in.end();
    return new SctpmapAttribute(port, application, streams);
  }

  @Override
  public String attributeName() {
    return "sctpmap";
  }

  @Override
  public String attributeValue() {
    return streams == 0 ? port + " " + application : port + " " + application + " " + streams;
  }
}
