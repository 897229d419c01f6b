package org.klatsch.media.audio;

/// Counters of an [AudioJitterBuffer], with the meaning of the members of the same names in the
/// W3C's RTCInboundRtpStreamStats; samples are in units of the RTP clock.
///
/// @param emittedSamples samples of decoded frames, `jitterBufferEmittedCount`
/// @param delayNanos sum over those samples of the time they waited, `jitterBufferDelay`
/// @param targetDelayNanos sum over those samples of the delay aimed at
/// @param minimumDelayNanos sum over those samples of the delay that the network alone asked for
/// @param processingNanos sum over those samples of the time from the arrival of their packet to
///   their decoding, `totalProcessingDelay`
/// @param totalSamples all samples played, `totalSamplesReceived`
/// @param concealedSamples made up for lost or late frames, comfort noise included
/// @param silentConcealedSamples of those, silence and comfort noise
/// @param concealmentEvents runs of concealed samples behind decoded ones
/// @param framesDiscarded too late, or too many
/// @param framesRecovered lost frames that in-band error correction replaced
/// @param accelerations operations that shortened
/// @param expansions operations that lengthened
/// @param restarts times that the buffer began anew after a jump of the timestamp
public record AudioJitterStatistics(
    long emittedSamples,
    long delayNanos,
    long targetDelayNanos,
    long minimumDelayNanos,
    long processingNanos,
    long totalSamples,
    long concealedSamples,
    long silentConcealedSamples,
    long concealmentEvents,
    long framesDiscarded,
    long framesRecovered,
    long accelerations,
    long expansions,
    long restarts) {}
