package org.klatsch.gateway.location;

import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;

/// A device at which an address can be reached.
///
/// @param address `user@domain`
/// @param contact as registered; its host may be `.invalid`, so nothing is resolved from it
/// @param flow where requests go, RFC 5626 §5.3
/// @param callId of the REGISTER
/// @param sequence CSeq of the REGISTER, which only grows
/// @param expires nanoseconds of the program's clock
public record Binding(
    String address, NameAddr contact, Flow flow, String callId, long sequence, long expires) {}
