package org.klatsch.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.config.ConfigurationException;
import org.klatsch.server.config.Section;
import org.klatsch.server.config.Setting;
import org.klatsch.server.config.Value;

/// The gateway's part of the configuration.
public final class GatewayConfiguration {
  /// The scalar keys: flags and variables, too.
  public static final List<Setting> ALL =
      List.of(
          new Setting(
              "sip.port",
              "N|off",
              "",
              "Port of SIP, TLS on the next; 0 for free ones. Default: 5060."),
          new Setting("rtpPorts", "A-B", "", "UDP ports of plain RTP. Default: 20000-29999."),
          new Setting("sip.musicOnHold", "FILE", "", "WAV file for who is on hold."),
          new Setting(
              "sip.recordings",
              "DIR",
              "",
              "Where recorded calls go. Default: in the data directory."),
          new Setting(
              "sip.browserDtmf",
              "info|rfc4733|inband",
              "",
              "How keys are sent to browsers. Default: info."));

  private GatewayConfiguration() {}

  /// Reads the keys.
  ///
  /// @param server whose host and data directory the gateway shares
  /// @return null when the gateway is off
  public static @Nullable GatewayOptions read(Section root, ServerOptions server)
      throws ConfigurationException {
    Section sip = root.section("sip");
    SipSettings settings = SipSettings.read(sip);
    Value ports = root.value("rtpPorts");
    int first = GatewayOptions.FIRST_RTP_PORT;
    int last = GatewayOptions.LAST_RTP_PORT;
    if (ports != null) {
      String[] ends = ports.text().strip().split("\\s*-\\s*", 2);
      if (ends.length != 2 || !ends[0].matches("[0-9]{1,5}") || !ends[1].matches("[0-9]{1,5}")) {
        throw ports.bad("a range as 20000-29999");
      }
      first = Integer.parseInt(ends[0]);
      last = Integer.parseInt(ends[1]);
      if (first < 1 || last > 0xffff || last < first + 2) {
        throw ports.bad("a range as 20000-29999");
      }
    }
    Value port = sip.value("port");
    if (port != null && port.text().strip().equalsIgnoreCase("off")) {
      return null;
    }
    int number = port == null ? GatewayOptions.SIP_PORT : port.integer(0, 0xffff);
    return new GatewayOptions(
        server.host(), number, first, last, server.data(), server.tls(), settings);
  }
}
