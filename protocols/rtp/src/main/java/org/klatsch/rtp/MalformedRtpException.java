package org.klatsch.rtp;

import org.klatsch.sansio.MalformedPacketException;

/// Bytes from the network that are no RTP packet, RTCP packet or payload of the expected format.
public final class MalformedRtpException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  /// What is wrong, to count by.
  public enum Reason {
    /// Shorter than its own fields say.
    TRUNCATED,
    /// The version is not 2, RFC 3550 §5.1.
    VERSION,
    /// The padding is longer than its packet or empty, RFC 3550 §5.1.
    PADDING,
    /// An RTCP length that does not fit, RFC 3550 §6.4.1.
    RTCP_LENGTH,
    /// An RTCP packet whose content does not follow its format.
    RTCP_CONTENT,
    /// A header extension that does not follow its format.
    EXTENSION,
    /// A payload that does not follow its format.
    PAYLOAD,
    /// A frame or list above its cap.
    TOO_LARGE
  }

  private final Reason reason;

  /// @param message what is wrong, with the offending and the expected value
  public MalformedRtpException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// The reason to count by.
  public Reason reason() {
    return reason;
  }
}
