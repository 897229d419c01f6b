package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// One sent stream, with its retransmissions.
///
/// @param packets RTP packets, retransmissions included
/// @param payloadBytes without header and padding
/// @param headerBytes headers, extensions and padding
/// @param frames handed over and sent
/// @param queueNanos sum over all packets of the time they waited here
/// @param nacks NACK packets that asked for repair
/// @param plis picture loss indications
/// @param firs full intra requests
/// @param targetBitrate in bits a second that the encoder should make; 0 while unknown
/// @param remote last report of the receiver, or null
/// @param fecPackets repair packets, and packets of audio that repeat earlier frames
/// @param fecBytes payload of repair packets, and of the repetitions
/// @param hugeFrames frames at least two and a half times as large as those before on average
/// @param reportedLost packets that feedback of RFC 8888 told to be lost; −1 before the first
/// @param reportedRecovered of those, packets that later feedback told to have come
public record SendStatistics(
    int ssrc,
    @Nullable String rid,
    int rtxSsrc,
    boolean active,
    long packets,
    long payloadBytes,
    long headerBytes,
    long retransmittedPackets,
    long retransmittedBytes,
    long frames,
    long keyFrames,
    long framesDropped,
    long queueNanos,
    long nacks,
    long plis,
    long firs,
    long targetBitrate,
    @Nullable RemoteReport remote,
    long fecPackets,
    long fecBytes,
    long hugeFrames,
    long reportedLost,
    long reportedRecovered) {}
