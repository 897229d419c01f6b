package org.klatsch.webrtc;

/// A device of this machine, Media Capture and Streams §9.3.
public sealed class MediaDeviceInfo permits InputDeviceInfo {
  private final String deviceId;
  private final MediaDeviceKind kind;
  private final String label;
  private final String groupId;

  MediaDeviceInfo(String deviceId, MediaDeviceKind kind, String label, String groupId) {
    this.deviceId = deviceId;
    this.kind = kind;
    this.label = label;
    this.groupId = groupId;
  }

  /// Names it from one start of the program to the next; empty while its kind is not granted.
  public final String deviceId() {
    return deviceId;
  }

  public final MediaDeviceKind kind() {
    return kind;
  }

  /// Its name for people; empty while its kind is not granted.
  public final String label() {
    return label;
  }

  /// The same for the devices of one piece of hardware, such as a headset.
  public final String groupId() {
    return groupId;
  }

  /// As JSON text.
  public final String toJSON() {
    return Json.object(
        "deviceId", deviceId, "kind", kind.toString(), "label", label, "groupId", groupId);
  }

  @Override
  public final String toString() {
    return toJSON();
  }
}
