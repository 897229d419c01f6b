package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Who was heard or seen in a track lately, W3C WebRTC §5.6.
public sealed interface RTCRtpContributingSource
    permits RTCRtpContributingSource.Csrc, RTCRtpSynchronizationSource {
  /// A contributor named in the packets of a mixer, RFC 3550 §5.1.
  record Csrc(double timestamp, long source, @Nullable Double audioLevel, long rtpTimestamp)
      implements RTCRtpContributingSource {}

  /// When a frame of it was last played, in milliseconds since 1970.
  double timestamp();

  /// Its CSRC or SSRC.
  long source();

  /// Linear, 1 is the loudest; null when unknown.
  @Nullable Double audioLevel();

  long rtpTimestamp();
}
