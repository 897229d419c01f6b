package org.klatsch.webrtc;

/// Options of an answer, W3C WebRTC §4.2.7; there are none.
public record RTCAnswerOptions() {}
