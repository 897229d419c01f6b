package org.klatsch.webrtc;

/// A device that gives media, Media Capture and Streams §9.3.
public final class InputDeviceInfo extends MediaDeviceInfo {
  private final MediaTrackCapabilities capabilities;

  InputDeviceInfo(Device device) {
    super(device.id(), device.kind(), device.label(), device.group());
    this.capabilities = new MediaTrackCapabilities(device.capabilities());
  }

  /// What the settings of its tracks can be.
  public MediaTrackCapabilities getCapabilities() {
    return capabilities;
  }
}
