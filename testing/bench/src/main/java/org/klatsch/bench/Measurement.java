package org.klatsch.bench;

/// One figure.
///
/// @param peer which stack
/// @param version of the stack
/// @param measure what was measured, with its parameters
/// @param value the median of the runs
/// @param unit of the value
/// @param command reproduces it
/// @param date ISO date of the run
public record Measurement(
    String peer,
    String version,
    String measure,
    double value,
    String unit,
    String command,
    String date) {}
