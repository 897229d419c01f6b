package org.klatsch.sdp;

/// `a=dcmap`: a data channel negotiated in SDP, RFC 8864 §5.1.
///
/// @param streamId SCTP stream
/// @param options `label="…";subprotocol="…";max-retr=…` as written; empty when there are none
public record DcmapAttribute(int streamId, String options) implements Attribute {
  public DcmapAttribute {
    Grammar.requireRange("dcmap stream id", streamId, 0, 65_534);
    if (!Grammar.isByteString(options)) {
      throw new IllegalArgumentException("dcmap options '" + options + "', expected one line");
    }
  }

  static DcmapAttribute read(Cursor in) throws MalformedSdpException {
    int streamId = in.intNumber("dcmap stream id", 0, 65_534);
    return new DcmapAttribute(streamId, in.hasMore() ? in.rest("dcmap options") : "");
  }

  @Override
  public String attributeName() {
    return "dcmap";
  }

  @Override
  public String attributeValue() {
    return options.isEmpty() ? Integer.toString(streamId) : streamId + " " + options;
  }
}
