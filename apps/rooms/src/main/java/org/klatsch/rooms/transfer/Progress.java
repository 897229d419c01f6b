package org.klatsch.rooms.transfer;

/// A look at a running transfer.
///
/// @param bytes that are written at the receiver's, with those it had before
/// @param resumedBytes of these, how many it had before
/// @param totalBytes of all files that are wanted
/// @param file name of the file at work, empty before the first
/// @param filesDone files that have arrived and were checked
/// @param files all files that are wanted
/// @param paused whether one side has paused
public record Progress(
    long bytes,
    long resumedBytes,
    long totalBytes,
    String file,
    int filesDone,
    int files,
    boolean paused) {}
