package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Numbers that a setting can have, Media Capture and Streams §4.2. Null means unbounded.
public record DoubleRange(@Nullable Double min, @Nullable Double max) {}
