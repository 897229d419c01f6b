package org.klatsch.webrtc;

/// The arguments of a [MediaStreamTrackEvent], Media Capture and Streams §7.
public record MediaStreamTrackEventInit(MediaStreamTrack track) {}
