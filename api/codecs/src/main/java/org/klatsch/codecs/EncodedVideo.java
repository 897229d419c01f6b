package org.klatsch.codecs;

/// One encoded picture.
///
/// @param data owned by the frame. VP8 and VP9: the frame as it is; H.264: NAL units with Annex B
///   start codes, parameter sets before every key frame
/// @param timestampNanos of the picture it was made of
public record EncodedVideo(
    byte[] data, boolean keyFrame, int width, int height, long timestampNanos) {}
