/// The transfer protocol, `docs/transfer-protocol.md`: chat and files on two data channels.
///
/// Wire: [org.klatsch.rooms.transfer.ControlMessage] (text, JSON) and
/// [org.klatsch.rooms.transfer.BulkFrame] (binary). Behaviour:
/// [org.klatsch.rooms.transfer.TransferPeer] is one end of one connection. Its own lock guards its
/// state; reading and hashing files, and writing them, happen on one virtual thread per transfer;
/// listeners are called one after the other on a virtual thread of the peer.
@NullMarked
package org.klatsch.rooms.transfer;

import org.jspecify.annotations.NullMarked;
