package org.klatsch.sdp;

import java.util.List;

/// `t=` with its `r=` lines: when the session is active, RFC 8866 §5.9 and §5.10. Calls use `0 0`,
/// always.
///
/// @param start seconds since 1900, 0 for no bound
/// @param stop seconds since 1900, 0 for no bound
/// @param repeats the fields of each `r=` line as written
public record Timing(long start, long stop, List<String> repeats) {
  /// `t=0 0`: permanent.
  public static final Timing PERMANENT = new Timing(0, 0, List.of());

  public Timing {
    Grammar.requireRange("start time", start, 0, Long.MAX_VALUE);
    Grammar.requireRange("stop time", stop, 0, Long.MAX_VALUE);
    repeats = List.copyOf(repeats);
    repeats.forEach(repeat -> Grammar.requireText("repeat times", repeat));
  }

  static Timing read(Cursor in) throws MalformedSdpException {
    long start = in.number("start time", 0, Long.MAX_VALUE);
    Timing timing = new Timing(start, in.number("stop time", 0, Long.MAX_VALUE), List.of());
    in.end();
    return timing;
  }
}
