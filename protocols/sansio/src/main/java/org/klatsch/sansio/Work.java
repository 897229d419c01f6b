package org.klatsch.sansio;

/// A costly computation (signing, verifying, key agreement: 0.1 to 0.5 ms) that a core hands out as
/// an event instead of doing it at once. It touches nothing of the core and may run on any thread;
/// when it has run, the driver gives it back by the core's `handleWorkDone(now, work)`. Simulators
/// and blocking drivers run it inline. It never throws: a failure is its result.
public interface Work extends Runnable {}
