package org.klatsch.media;

/// One feedback capability of a codec, `a=rtcp-fb` of RFC 4585 §4.2.
///
/// @param type such as `nack`, `ccm`, `goog-remb`, `transport-cc`
/// @param parameter such as `pli` or `fir`; empty when there is none
public record RtcpFeedback(String type, String parameter) {
  public static final RtcpFeedback NACK = new RtcpFeedback("nack", "");
  public static final RtcpFeedback PLI = new RtcpFeedback("nack", "pli");
  public static final RtcpFeedback FIR = new RtcpFeedback("ccm", "fir");
  public static final RtcpFeedback REMB = new RtcpFeedback("goog-remb", "");
  public static final RtcpFeedback TRANSPORT_CC = new RtcpFeedback("transport-cc", "");

  /// Congestion control feedback, RFC 8888 §6.
  public static final RtcpFeedback CONGESTION = new RtcpFeedback("ack", "ccfb");

  /// Receiver reference times of RFC 3611 §4.4, as browsers write it.
  public static final RtcpFeedback RECEIVER_REFERENCE_TIME = new RtcpFeedback("rrtr", "");

  /// As after the payload type in `a=rtcp-fb`.
  @Override
  public String toString() {
    return parameter.isEmpty() ? type : type + " " + parameter;
  }
}
