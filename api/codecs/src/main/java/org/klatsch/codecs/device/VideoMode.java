package org.klatsch.codecs.device;

/// Size and rate of pictures.
///
/// @param framesPerSecond at most; a device gives fewer in the dark or when nothing changes
public record VideoMode(int width, int height, double framesPerSecond) {
  public VideoMode {
    if (width <= 0 || height <= 0 || !(framesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "%d x %d at %f: expected positive".formatted(width, height, framesPerSecond));
    }
  }
}
