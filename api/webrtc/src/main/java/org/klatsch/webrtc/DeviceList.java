package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;

/// What is present at one moment.
///
/// @param inputs microphones, cameras, screens
record DeviceList(List<Device> inputs, List<Speaker> speakers) {
  DeviceList {
    inputs = List.copyOf(inputs);
    speakers = List.copyOf(speakers);
  }

  /// Microphones, then cameras, then loudspeakers; screens are chosen otherwise, W3C Screen Capture
  /// §5.1.
  List<MediaDeviceInfo> infos() {
    List<MediaDeviceInfo> infos = new ArrayList<>();
    for (MediaDeviceKind kind : List.of(MediaDeviceKind.AUDIOINPUT, MediaDeviceKind.VIDEOINPUT)) {
      for (Device each : inputs) {
        if (each.kind() == kind && !each.isDisplay()) {
          infos.add(new InputDeviceInfo(each));
        }
      }
    }
    for (Speaker each : speakers) {
      infos.add(
          new MediaDeviceInfo(each.id(), MediaDeviceKind.AUDIOOUTPUT, each.label(), each.group()));
    }
    return List.copyOf(infos);
  }
}
