package org.klatsch.server.media;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A fragment of a description with ICE credentials and candidates, RFC 8840 §9, as WHIP exchanges
/// them.
///
/// @param usernameFragment of the generation; null when none is told
/// @param password of the generation; null when none is told
/// @param candidates in their order
public record SdpFragment(
    @Nullable String usernameFragment, @Nullable String password, List<Candidate> candidates) {
  /// The media type.
  public static final String TYPE = "application/trickle-ice-sdpfrag";

  /// More than any host gathers.
  private static final int MAX_CANDIDATES = 100;

  private static final String UFRAG = "a=ice-ufrag:";
  private static final String PASSWORD = "a=ice-pwd:";
  private static final String MID = "a=mid:";
  private static final String CANDIDATE = "a=candidate:";
  private static final String END = "a=end-of-candidates";

  /// @param mid of the m-section, null for all of them
  /// @param candidate `candidate:…`; empty for the end of candidates
  public record Candidate(@Nullable String mid, String candidate) {}

  public SdpFragment {
    candidates = List.copyOf(candidates);
  }

  /// Reads a fragment.
  ///
  /// @throws LegRefusedException when it is none
  public static SdpFragment parse(String text) throws LegRefusedException {
    String usernameFragment = null;
    String password = null;
    String mid = null;
    boolean section = false;
    List<Candidate> candidates = new ArrayList<>();
    for (String raw : text.split("\n", -1)) {
      String line = raw.strip();
      if (line.isEmpty()) {
        continue;
      }
      if (line.length() < 2 || line.charAt(1) != '=') {
        throw new LegRefusedException("not a line of SDP: " + line);
      }
      if (line.startsWith("m=")) {
        section = true;
        mid = null;
      } else if (line.startsWith(MID)) {
        mid = line.substring(MID.length());
      } else if (line.startsWith(UFRAG)) {
        usernameFragment = line.substring(UFRAG.length());
      } else if (line.startsWith(PASSWORD)) {
        password = line.substring(PASSWORD.length());
      } else if (line.startsWith(CANDIDATE) || line.equals(END)) {
        boolean end = line.equals(END);
        if (mid == null && (section || !end)) {
          throw new LegRefusedException("a candidate without a=mid before it");
        }
        if (candidates.size() >= MAX_CANDIDATES) {
          throw new LegRefusedException("more than " + MAX_CANDIDATES + " candidates");
        }
        candidates.add(new Candidate(mid, end ? "" : line.substring("a=".length())));
      }
    }
    return new SdpFragment(usernameFragment, password, candidates);
  }

  /// The fragment of a description: its credentials and candidates.
  public static String of(String sdp) {
    StringBuilder out = new StringBuilder();
    for (String line : sdp.split("\r\n", -1)) {
      if (line.startsWith("a=ice-lite")
          || line.startsWith("a=ice-options:")
          || line.startsWith("a=group:BUNDLE")
          || line.startsWith("m=")
          || line.startsWith(MID)
          || line.startsWith(UFRAG)
          || line.startsWith(PASSWORD)
          || line.startsWith(CANDIDATE)
          || line.equals(END)) {
        out.append(line).append("\r\n");
      }
    }
    return out.toString();
  }

  /// A peer's description as if it had restarted ICE: other credentials, no candidates, and the
  /// next version.
  static String restarted(String sdp, String usernameFragment, String password) {
    StringBuilder out = new StringBuilder();
    for (String line : sdp.split("\r\n", -1)) {
      if (line.startsWith("o=")) {
        out.append(nextVersion(line));
      } else if (line.startsWith(UFRAG)) {
        out.append(UFRAG).append(usernameFragment);
      } else if (line.startsWith(PASSWORD)) {
        out.append(PASSWORD).append(password);
      } else if (line.isEmpty() || line.startsWith(CANDIDATE) || line.equals(END)) {
        continue;
      } else {
        out.append(line);
      }
      out.append("\r\n");
    }
    return out.toString();
  }

  /// RFC 3264 §8: each further offer counts `sess-version` up.
  private static String nextVersion(String origin) {
    String[] fields = origin.split(" ", -1);
    try {
      fields[2] = Long.toUnsignedString(Long.parseUnsignedLong(fields[2]) + 1);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return origin;
    }
    return String.join(" ", fields);
  }
}
