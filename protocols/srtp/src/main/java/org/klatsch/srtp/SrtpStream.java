package org.klatsch.srtp;

/// What is remembered of one SSRC: the part of RFC 3711's cryptographic context (§3.2.3) that the
/// SSRCs of a session do not share.
final class SrtpStream {
  /// A stream sends few RTCP packets, and they arrive nearly in order.
  private static final int RTCP_WINDOW = 64;

  private static final int SEQUENCE_HALF = 0x8000;

  final int ssrc;

  /// SRTP indices: rollover counter and sequence number.
  final ReplayWindow rtp;

  /// SRTCP indices.
  final ReplayWindow rtcp = new ReplayWindow(RTCP_WINDOW);

  SrtpStream(int ssrc, int replayWindow) {
    this.ssrc = ssrc;
    this.rtp = new ReplayWindow(replayWindow);
  }

  /// The index that a sequence number most likely stands for, RFC 3711 §3.3.1 and appendix A.
  ///
  /// @return negative when the number is from before the stream's beginning
  long estimate(int sequence) {
    long highest = rtp.highest();
    if (highest == ReplayWindow.NONE) {
      return sequence;
    }
    long rollover = highest >>> 16;
    int last = (int) highest & 0xffff;
    if (last < SEQUENCE_HALF) {
      if (sequence - last > SEQUENCE_HALF) {
        rollover--;
      }
    } else if (last - SEQUENCE_HALF > sequence) {
      rollover++;
    }
    return rollover << 16 | sequence;
  }
}
