/// Rooms, transfers and the messages of the WebSocket subprotocol `rooms.v1`, without sockets:
/// connections are [Wire]s, time is an argument. `docs/rooms-protocol.md` is the specification; its
/// section numbers are cited here.
///
/// - *place*: a room or a transfer
/// - *member*: somebody in a place; outlives the connection by the resume window
/// - *connection*: one WebSocket, member of at most one place
/// - *source*: what counts as one stranger, an IPv4 address or an IPv6 /64
@NullMarked
package org.klatsch.server.rooms;

import org.jspecify.annotations.NullMarked;
