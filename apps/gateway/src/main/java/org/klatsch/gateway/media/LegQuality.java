package org.klatsch.gateway.media;

/// How well the audio of a leg arrived.
///
/// @param packets received
/// @param lost of those that were sent to us
/// @param jitterMillis interarrival jitter, RFC 3550 §6.4.1
/// @param sent packets
/// @param roundTripMillis as reports measured it; negative while unknown
/// @param mos of what was received, 1 to 4.5 by the E-model; 0 when nothing was
public record LegQuality(
    long packets, long lost, double jitterMillis, long sent, double roundTripMillis, double mos) {}
