package org.klatsch.peer;

import org.jspecify.annotations.Nullable;

/// What both sides agreed for the SCTP association under the data channels (RFC 8841).
///
/// @param mid the m-section of the data channels
/// @param localPort our SCTP port
/// @param remotePort the peer's SCTP port
/// @param localMaxMessageSize largest message we take, in bytes; 0 is no limit
/// @param remoteMaxMessageSize largest message the peer takes, in bytes; 0 is no limit (RFC 8841
///   §6.1)
/// @param remoteInit the peer's INIT chunk in base64 when both told theirs ahead in their
///   descriptions, else null
public record SctpParameters(
    String mid,
    int localPort,
    int remotePort,
    long localMaxMessageSize,
    long remoteMaxMessageSize,
    @Nullable String remoteInit) {
  public SctpParameters {
    checkPort(localPort);
    checkPort(remotePort);
    if (localMaxMessageSize < 0 || remoteMaxMessageSize < 0) {
      throw new IllegalArgumentException(
          "message sizes "
              + localMaxMessageSize
              + " and "
              + remoteMaxMessageSize
              + ", expected 0 or more");
    }
  }

  private static void checkPort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("SCTP port " + port + ", expected 1 to 65535");
    }
  }
}
