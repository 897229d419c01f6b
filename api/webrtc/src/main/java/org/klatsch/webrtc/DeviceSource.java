package org.klatsch.webrtc;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The media of a device. The device is open only while somebody listens; one that cannot be opened
/// then ends its tracks.
final class DeviceSource extends TrackSource {
  private static final System.Logger LOGGER = System.getLogger(DeviceSource.class.getName());

  private final Device device;
  private Map<String, Object> settings;
  private Device.@Nullable Capture capture;

  DeviceSource(Device device, Map<String, Object> settings) {
    super(
        device.kind() == MediaDeviceKind.AUDIOINPUT ? "audio" : "video",
        device.label(),
        new TaskList(null, "klatsch-track"));
    this.device = device;
    this.settings = settings;
  }

  @Override
  boolean isDisplay() {
    return device.isDisplay();
  }

  @Override
  Map<String, Object> capabilities() {
    Map<String, Object> all = new HashMap<>(device.capabilities());
    all.put("deviceId", List.of(device.id()));
    all.put("groupId", List.of(device.group()));
    return all;
  }

  @Override
  synchronized Map<String, Object> settings() {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("deviceId", device.id());
    all.put("groupId", device.group());
    return all;
  }

  @Override
  synchronized void apply(Map<String, Object> chosen) {
    settings = chosen;
    if (capture != null) {
      demandChanged(false);
      demandChanged(true);
    }
  }

  @Override
  synchronized void demandChanged(boolean wanted) {
    Device.Capture current = capture;
    if (wanted) {
      try {
        capture = device.open(settings, this);
      } catch (IOException e) {
        LOGGER.log(System.Logger.Level.WARNING, "a track ends: " + e.getMessage());
        // Not here, under the lock that consumers are added by.
        tasks().post(this::end);
      }
    } else if (current != null) {
      capture = null;
      current.close();
    }
  }
}
