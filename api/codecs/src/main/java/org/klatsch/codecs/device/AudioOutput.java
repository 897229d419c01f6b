package org.klatsch.codecs.device;

import java.io.IOException;
import org.klatsch.codecs.PcmFormat;

/// A loudspeaker or headphones.
public non-sealed interface AudioOutput extends MediaDevice {
  /// Begins to play.
  ///
  /// @param format of what will be written
  /// @throws IOException when it cannot be opened, or not with that format
  Playback open(PcmFormat format) throws IOException;
}
