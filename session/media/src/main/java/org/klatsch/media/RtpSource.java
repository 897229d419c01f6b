package org.klatsch.media;

/// Who was heard lately, as the W3C's RTCRtpContributingSource.
///
/// @param source SSRC or CSRC
/// @param contributing whether it is a CSRC
/// @param time the driver's nanoseconds when its last packet came
/// @param rtpTimestamp of that packet
/// @param audioLevel in −dBov, 0 to 127; −1 when unknown
/// @param voice whether it was speech, RFC 6464 §3
public record RtpSource(
    int source, boolean contributing, long time, int rtpTimestamp, int audioLevel, boolean voice) {}
