package org.klatsch.ice;

import org.klatsch.sansio.TransportAddress;

/// What a peer sent through a relay: a part of the packet that the relay's server sent.
///
/// @param local the relayed address that it came to
/// @param remote the peer
/// @param offset where it begins in the buffer of the packet
public record RelayedPacket(
    TransportAddress local, TransportAddress remote, int offset, int length) {}
