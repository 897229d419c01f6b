package org.klatsch.webrtc;

import java.util.List;

/// `devicechange`: devices came or went, Media Capture and Streams §9.4.
public final class DeviceChangeEvent extends Event {
  private final List<MediaDeviceInfo> devices;
  private final List<MediaDeviceInfo> userInsertedDevices;

  public DeviceChangeEvent(String type, DeviceChangeEventInit init) {
    this(type, init, List.of());
  }

  DeviceChangeEvent(
      String type, DeviceChangeEventInit init, List<MediaDeviceInfo> userInsertedDevices) {
    super(type);
    this.devices = init.devices();
    this.userInsertedDevices = userInsertedDevices;
  }

  /// Those present now.
  public List<MediaDeviceInfo> devices() {
    return devices;
  }

  /// Those that were not there before.
  public List<MediaDeviceInfo> userInsertedDevices() {
    return userInsertedDevices;
  }
}
