package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A sender whose packets were played lately, W3C WebRTC §5.6.
public record RTCRtpSynchronizationSource(
    double timestamp, long source, @Nullable Double audioLevel, long rtpTimestamp)
    implements RTCRtpContributingSource {}
