package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// Where a received frame came from.
///
/// @param ssrc of the stream
/// @param rid of the encoding, null without simulcast
/// @param firstSequenceNumber of the frame's packets
/// @param lastSequenceNumber of the frame's packets
/// @param csrcs those who contributed to a mixed frame, RFC 3550 §5.1; empty mostly, not changed
/// @param ntpTime the sender's wall clock when the frame was captured, as an NTP timestamp (32 bits
///   of seconds since 1900, 32 of fraction), by sender reports or abs-capture-time; 0 while unknown
/// @param recovered whether repair brought it (a retransmission, a repetition or error correction),
///   so that its arrival tells nothing about the network
/// @param firstArrival the driver's nanoseconds when the first of the frame's packets came
public record FrameOrigin(
    int ssrc,
    @Nullable String rid,
    int firstSequenceNumber,
    int lastSequenceNumber,
    int[] csrcs,
    long ntpTime,
    boolean recovered,
    long firstArrival) {}
