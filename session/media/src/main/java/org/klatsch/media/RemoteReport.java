package org.klatsch.media;

/// What the receiver of one of our streams reported last, RFC 3550 §6.4.1.
///
/// @param time the driver's nanoseconds when it came
/// @param fractionLost 0 to 1, since the report before
/// @param packetsLost since the beginning; may be negative
/// @param packetsReceived of those sent up to the newest that came
/// @param jitterSeconds interarrival jitter
/// @param roundTripTimeNanos measured by this report; −1 when it could not be
/// @param totalRoundTripTimeNanos sum of all measurements
/// @param roundTripTimeMeasurements how many there were
/// @param reports how many blocks came
public record RemoteReport(
    long time,
    double fractionLost,
    long packetsLost,
    long packetsReceived,
    double jitterSeconds,
    long roundTripTimeNanos,
    long totalRoundTripTimeNanos,
    long roundTripTimeMeasurements,
    long reports) {}
