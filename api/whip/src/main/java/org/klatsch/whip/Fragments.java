package org.klatsch.whip;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.webrtc.RTCIceCandidate;

/// Fragments of descriptions, RFC 8840 §9.
final class Fragments {
  private static final String UFRAG = "a=ice-ufrag:";
  private static final String PASSWORD = "a=ice-pwd:";

  private Fragments() {}

  /// Whether a line belongs into a fragment of the credentials only.
  private static boolean isFrame(String line) {
    return line.startsWith("a=group:BUNDLE")
        || line.startsWith("m=")
        || line.startsWith("a=mid:")
        || line.startsWith(UFRAG)
        || line.startsWith(PASSWORD);
  }

  private static boolean isCandidate(String line) {
    return line.startsWith("a=candidate:") || line.equals("a=end-of-candidates");
  }

  /// All credentials and candidates of a description.
  static String of(String sdp) {
    StringBuilder out = new StringBuilder();
    sdp.lines()
        .filter(line -> isFrame(line) || isCandidate(line))
        .forEach(line -> out.append(line).append("\r\n"));
    return out.toString();
  }

  /// Candidates that came after a description was sent.
  ///
  /// @param candidates an empty one is the end
  static String of(String sdp, List<RTCIceCandidate> candidates) {
    StringBuilder out = new StringBuilder();
    String ufrag = first(sdp, UFRAG);
    String password = first(sdp, PASSWORD);
    out.append(UFRAG).append(ufrag).append("\r\n");
    out.append(PASSWORD).append(password).append("\r\n");
    // All of a connection's share one transport, that of the first m-section.
    out.append(first(sdp, "m=").isEmpty() ? "" : "m=" + first(sdp, "m=") + "\r\n");
    out.append("a=mid:").append(first(sdp, "a=mid:")).append("\r\n");
    for (RTCIceCandidate each : candidates) {
      out.append(each.candidate().isEmpty() ? "a=end-of-candidates" : "a=" + each.candidate())
          .append("\r\n");
    }
    return out.toString();
  }

  static String first(String sdp, String prefix) {
    return sdp.lines()
        .filter(line -> line.startsWith(prefix))
        .findFirst()
        .map(line -> line.substring(prefix.length()))
        .orElse("");
  }

  /// An answer with other credentials and candidates, as a server tells them in a fragment.
  static String restarted(String answer, String fragment) {
    String ufrag = first(fragment, UFRAG);
    String password = first(fragment, PASSWORD);
    List<String> candidates = fragment.lines().filter(Fragments::isCandidate).toList();
    List<String> lines = new ArrayList<>();
    boolean told = false;
    for (String line : answer.lines().toList()) {
      if (line.startsWith(UFRAG)) {
        lines.add(UFRAG + ufrag);
      } else if (line.startsWith(PASSWORD)) {
        lines.add(PASSWORD + password);
      } else if (!isCandidate(line)) {
        lines.add(line);
        if (line.startsWith("a=mid:") && !told) {
          told = true;
          lines.addAll(candidates);
        }
      }
    }
    return String.join("\r\n", lines) + "\r\n";
  }
}
