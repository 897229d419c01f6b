package org.klatsch.rtp.payload;

/// One block of a RED payload, RFC 2198 §3, as a place in a borrowed array.
///
/// @param timestampOffset how much older than the packet's timestamp the block is, 0 for the
///   primary
/// @param offset index of the data in the payload's array
public record RedBlock(int payloadType, int timestampOffset, int offset, int length) {}
