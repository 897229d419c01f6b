package org.klatsch.ice;

import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;

/// A TURN server that an agent may use over UDP.
public record IceTurnServer(TransportAddress address, StunCredential.LongTerm credential) {}
