package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Whole numbers that a setting can have, Media Capture and Streams §4.2. Null means unbounded.
public record ULongRange(@Nullable Integer min, @Nullable Integer max) {}
