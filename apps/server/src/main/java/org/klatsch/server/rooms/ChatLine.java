package org.klatsch.server.rooms;

/// Something that was said in a room.
///
/// @param id higher than that of every earlier line; 0 if the line is not kept
/// @param member the id of who said it, who may be gone; empty if it was said from outside
/// @param name of who said it, at the time
/// @param time in milliseconds since 1970
public record ChatLine(long id, String member, String name, String text, long time) {}
