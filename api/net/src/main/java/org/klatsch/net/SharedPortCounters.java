package org.klatsch.net;

/// What a [SharedPort] counted; a snapshot.
///
/// @param routedByPair datagrams that went to the owner of their pair of addresses
/// @param routedByUfrag connectivity checks that went by username fragment
/// @param routedByKind datagrams that went to the core set for their kind
/// @param unroutable datagrams dropped as nobody wanted them
/// @param conflicts checks for one core that came over a pair owned by another
/// @param refusedPairs pairs a core was refused as another owns them, or for a limit
/// @param answered plain binding requests answered
/// @param answersLimited plain binding requests over the rate
/// @param pairs pairs owned now
/// @param ufrags username fragments announced now
public record SharedPortCounters(
    long routedByPair,
    long routedByUfrag,
    long routedByKind,
    long unroutable,
    long conflicts,
    long refusedPairs,
    long answered,
    long answersLimited,
    int pairs,
    int ufrags) {}
