package org.klatsch.media;

/// The last sender report of a received stream, RFC 3550 §6.4.1.
///
/// @param time the driver's nanoseconds when it came
/// @param ntpTime the sender's wall clock
/// @param rtpTimestamp the same moment on the stream's clock
/// @param packets that the sender says it sent
/// @param octets of payload that the sender says it sent
/// @param reports how many came
public record SenderReportInfo(
    long time, long ntpTime, int rtpTimestamp, long packets, long octets, long reports) {}
