package org.klatsch.webrtc;

/// The hash of a certificate, W3C WebRTC §5.5.1.
///
/// @param algorithm from the IANA registry of RFC 8122 §5, lower case
/// @param value lower-case hex pairs with colons
public record RTCDtlsFingerprint(String algorithm, String value) {}
