package org.klatsch.codecs.device;

import java.util.List;

/// A way to reach devices, found by `java.util.ServiceLoader`. Used by any thread.
public interface DeviceProvider {
  /// For messages: `javax.sound`, `v4l2`.
  String name();

  /// The devices that are present now, of each kind the system's own choice first. A machine
  /// without any is normal, and so is one without the library: both have none.
  List<MediaDevice> devices();
}
