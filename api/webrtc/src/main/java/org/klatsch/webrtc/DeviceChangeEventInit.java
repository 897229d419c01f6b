package org.klatsch.webrtc;

import java.util.List;

/// The arguments of a [DeviceChangeEvent], Media Capture and Streams §9.4.
public record DeviceChangeEventInit(List<MediaDeviceInfo> devices) {
  public DeviceChangeEventInit {
    devices = List.copyOf(devices);
  }
}
