package org.klatsch.webrtc;

import java.io.IOException;
import java.util.Map;

/// A source of media that users can choose: a microphone, a camera, a screen.
interface Device {
  String id();

  /// The same for devices of one piece of hardware.
  String group();

  String label();

  MediaDeviceKind kind();

  /// Whether it shows a screen or a window: given by `getDisplayMedia` only.
  default boolean isDisplay() {
    return false;
  }

  /// What its settings can be, by name: ranges and lists.
  Map<String, Object> capabilities();

  /// Its settings when nobody has wishes.
  Map<String, Object> defaults();

  /// Begins to give media.
  ///
  /// @param settings chosen from the capabilities
  /// @param source to emit frames by, until the capture is closed
  /// @throws IOException when it cannot be opened
  Capture open(Map<String, Object> settings, DeviceSource source) throws IOException;

  /// A setting that is a whole number.
  static int whole(Map<String, Object> settings, String name) {
    if (settings.get(name) instanceof Integer value) {
      return value;
    }
    throw new IllegalArgumentException("no " + name + " among " + settings);
  }

  /// A device at work.
  interface Capture extends AutoCloseable {
    @Override
    void close();
  }
}
