package org.klatsch.codecs.container;

import org.klatsch.codecs.CodecFormat;

/// A track of a file.
///
/// @param number as its packets have it, from 1
/// @param format an audio or video codec
/// @param width of the pictures; 0 for audio
/// @param height of the pictures; 0 for audio
/// @param channels 0 for video
public record MediaTrack(int number, CodecFormat format, int width, int height, int channels) {
  public static MediaTrack video(int number, CodecFormat format, int width, int height) {
    return new MediaTrack(number, format, width, height, 0);
  }

  public static MediaTrack audio(int number, CodecFormat format, int channels) {
    return new MediaTrack(number, format, 0, 0, channels);
  }
}
