package org.klatsch.whip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.RTCIceServer;

/// ICE servers in Link headers, RFC 9725 §4.6: `<turn:…>; rel="ice-server"; username="…"`.
final class LinkHeader {
  /// More URLs than any server has.
  private static final int MAX_SERVERS = 16;

  private static final Pattern LINK = Pattern.compile("<([^<>\\s]{1,512})>([^<]*)");
  private static final Pattern PARAMETER =
      Pattern.compile(
          ";\\s*([A-Za-z-]{1,32})\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;,\\s\"]+))");

  private LinkHeader() {}

  static List<RTCIceServer> iceServers(List<String> values) {
    List<RTCIceServer> servers = new ArrayList<>();
    for (String value : values) {
      Matcher link = LINK.matcher(value);
      while (link.find() && servers.size() < MAX_SERVERS) {
        String url = link.group(1);
        String parameters = link.group(2);
        if ("ice-server".equals(parameter(parameters, "rel"))
            && url.toLowerCase(Locale.ROOT).matches("(stun|turn)s?:.*")) {
          servers.add(
              new RTCIceServer(
                  url, parameter(parameters, "username"), parameter(parameters, "credential")));
        }
      }
    }
    return servers;
  }

  private static @Nullable String parameter(String parameters, String name) {
    Matcher parameter = PARAMETER.matcher(parameters);
    while (parameter.find()) {
      if (parameter.group(1).equalsIgnoreCase(name)) {
        String quoted = parameter.group(2);
        return quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
      }
    }
    return null;
  }
}
