package org.klatsch.codecs.container;

/// One encoded frame of a file.
///
/// @param track number of its track in the file
/// @param timestampNanos from the file's beginning
/// @param data owned by the packet
public record MediaPacket(int track, long timestampNanos, boolean keyFrame, byte[] data) {}
