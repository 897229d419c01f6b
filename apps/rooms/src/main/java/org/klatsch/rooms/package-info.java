/// Rooms and file transfers for programs: a member of a room, the sender and the receiver of files.
///
/// [org.klatsch.rooms.FileSender] and [org.klatsch.rooms.FileReceiver] move files with a code;
/// [org.klatsch.rooms.RoomClient] is the general member, speaking `docs/rooms-protocol.md` to the
/// server and `docs/transfer-protocol.md` to each other member. A client's own virtual thread does
/// all signalling, so that its state needs no lock; listeners are called on virtual threads.
@NullMarked
package org.klatsch.rooms;

import org.jspecify.annotations.NullMarked;
