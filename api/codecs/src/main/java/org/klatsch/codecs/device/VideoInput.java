package org.klatsch.codecs.device;

import java.io.IOException;
import java.util.function.Consumer;
import org.klatsch.codecs.VideoFrame;

/// A camera or a screen.
public non-sealed interface VideoInput extends MediaDevice {
  /// Whether it shows a screen or a window rather than the world.
  boolean isDisplay();

  /// The largest pictures and the highest rate that it has.
  VideoMode best();

  /// Begins to film.
  ///
  /// @param mode size and rate, no more than [#best]; pictures are scaled where the device has
  ///   other sizes
  /// @param listener called for every picture on a thread of the capture
  /// @throws IOException when it cannot be opened
  Capture open(VideoMode mode, Consumer<VideoFrame> listener) throws IOException;
}
