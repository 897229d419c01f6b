package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.audio.AudioJitterStatistics;

/// One received stream, with its retransmissions.
///
/// @param codec of the last packet, null before the first
/// @param packets RTP packets of the medium, and of its retransmissions with the padding among them
/// @param payloadBytes without header and padding
/// @param headerBytes headers, extensions and padding
/// @param packetsLost as reported to the sender, RFC 3550 §6.4.1; may be negative
/// @param jitterSeconds interarrival jitter
/// @param lastPacketTime the driver's nanoseconds
/// @param frames complete ones
/// @param framesDropped given up for lack of packets or of a key frame before them
/// @param nacks NACK packets sent
/// @param plis picture loss indications sent
/// @param firs full intra requests sent
/// @param audio of the jitter buffer, null for video and for [AudioDelivery#ARRIVAL]
/// @param senderReport last one of the sender, or null
/// @param fecPackets repair packets, and repetitions of frames of audio
/// @param fecBytes their payload
/// @param fecRecovered packets of video or frames of audio that they brought
/// @param fecDiscarded repair packets that served nothing
/// @param fecSsrc the stream of repair packets; 0 without one of their own
/// @param reportedLost packets that feedback of RFC 8888 told to be lost; −1 where it was not
///   agreed on
/// @param roundTripNanos as the sender's last answer to a reference time showed, RFC 3611 §4.5; −1
///   before
/// @param totalRoundTripNanos sum of all measurements
/// @param roundTripMeasurements how many there were
public record ReceiveStatistics(
    int ssrc,
    @Nullable String rid,
    int rtxSsrc,
    @Nullable RtpCodec codec,
    long packets,
    long payloadBytes,
    long headerBytes,
    long retransmittedPackets,
    long retransmittedBytes,
    long packetsLost,
    double jitterSeconds,
    long lastPacketTime,
    long frames,
    long keyFrames,
    long framesDropped,
    long nacks,
    long plis,
    long firs,
    @Nullable AudioJitterStatistics audio,
    @Nullable SenderReportInfo senderReport,
    long fecPackets,
    long fecBytes,
    long fecRecovered,
    long fecDiscarded,
    int fecSsrc,
    long reportedLost,
    long roundTripNanos,
    long totalRoundTripNanos,
    long roundTripMeasurements) {}
