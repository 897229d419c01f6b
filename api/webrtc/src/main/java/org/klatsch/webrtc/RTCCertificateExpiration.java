package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// When a generated certificate expires, W3C WebRTC §4.9.1.
///
/// @param expires milliseconds from now; null: 30 days; at most 365 days are given
public record RTCCertificateExpiration(@Nullable Long expires) {}
