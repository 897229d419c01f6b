package org.klatsch.server.api;

/// A telephone call, as the administrator sees it.
///
/// @param tenant whose it is
/// @param state a word, as `ringing` or `connected`
/// @param seconds since it began
public record CallInformation(
    String id, String tenant, String from, String to, String state, long seconds) {}
