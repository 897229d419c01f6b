package org.klatsch.codecs.device;

import java.io.IOException;
import java.util.function.Consumer;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;

/// A microphone or a line in.
public non-sealed interface AudioInput extends MediaDevice {
  /// Begins to record.
  ///
  /// @param wish followed where the device can; the frames say what it really is
  /// @param listener called every 20 ms on a thread of the capture
  /// @throws IOException when it cannot be opened, for example because another program uses it
  Capture open(PcmFormat wish, Consumer<AudioFrame> listener) throws IOException;
}
