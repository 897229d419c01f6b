package org.klatsch.webrtc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What the user has consented to: which kinds of devices this program may use and know by name,
/// Media Capture and Streams §9.2.1. Thread-safe.
final class DevicePermissions {
  /// Whether any microphone or camera of this machine was granted to this process.
  private static volatile boolean anyGranted;

  private final Set<MediaDeviceKind> granted = ConcurrentHashMap.newKeySet();

  static boolean anyGranted() {
    return anyGranted;
  }

  /// Visible for tests.
  static void anyGranted(boolean value) {
    anyGranted = value;
  }

  /// @param ofMachine whether a real microphone or camera stands behind it
  void grant(MediaDeviceKind kind, boolean ofMachine) {
    granted.add(kind);
    if (ofMachine && kind != MediaDeviceKind.AUDIOOUTPUT) {
      anyGranted = true;
    }
  }

  void revokeAll() {
    granted.clear();
    anyGranted = false;
  }

  /// Whether the names of devices may be told. Loudspeakers go with microphones, as browsers do.
  boolean exposes(MediaDeviceKind kind) {
    return granted.contains(kind)
        || kind == MediaDeviceKind.AUDIOOUTPUT && granted.contains(MediaDeviceKind.AUDIOINPUT);
  }
}
