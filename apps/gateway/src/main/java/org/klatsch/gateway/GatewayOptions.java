package org.klatsch.gateway;

import java.nio.file.Path;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.server.TlsOptions;

/// @param host where SIP and RTP listen; `0.0.0.0` is every address
/// @param sipPort UDP port of SIP, 0 for a free one
/// @param firstRtpPort lowest UDP port of plain RTP
/// @param lastRtpPort highest UDP port of plain RTP. By default 20000 to 29999: 5,000 calls,
///   outside of the range that the system takes ports from by itself
/// @param data directory of CDRs and recordings
/// @param tls the certificate of SIP over TLS; without files the one that the server makes
/// @param settings domains, routes and trunks
public record GatewayOptions(
    String host,
    int sipPort,
    int firstRtpPort,
    int lastRtpPort,
    Path data,
    TlsOptions tls,
    SipSettings settings) {
  /// RFC 3261 §19.1.2.
  public static final int SIP_PORT = 5060;

  public static final int FIRST_RTP_PORT = 20_000;
  public static final int LAST_RTP_PORT = 29_999;

  public GatewayOptions {
    if (sipPort < 0 || sipPort > 0xffff) {
      throw new IllegalArgumentException("sipPort is " + sipPort + ", expected 0 to 65535");
    }
  }
}
