package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=rtcp`: where RTCP goes when it has a port of its own, RFC 3605 §2.1.
///
/// @param port RTCP port; 9 where ICE finds the address
/// @param connection the address, or null for that of the m-section
public record RtcpAttribute(int port, @Nullable Connection connection) implements Attribute {
  public RtcpAttribute {
    Grammar.requireRange("rtcp port", port, 0, 65_535);
  }

  static RtcpAttribute read(Cursor in) throws MalformedSdpException {
    int port = in.intNumber("rtcp port", 0, 65_535);
    Connection connection = in.hasMore() ? Connection.read(in) : null;
    return new RtcpAttribute(port, connection);
  }

  @Override
  public String attributeName() {
    return "rtcp";
  }

  @Override
  public String attributeValue() {
    return connection == null ? Integer.toString(port) : port + " " + connection;
  }
}
