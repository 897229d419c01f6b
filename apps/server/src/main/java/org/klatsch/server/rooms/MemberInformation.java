package org.klatsch.server.rooms;

/// A member, as the server's own pages and programs see it.
///
/// @param identity who the tenant says this is, perhaps empty
/// @param agent the kind of program, perhaps empty
/// @param connected whether its WebSocket is there at the moment
/// @param seconds since it came
public record MemberInformation(
    String id, String name, String identity, String agent, boolean connected, long seconds) {}
