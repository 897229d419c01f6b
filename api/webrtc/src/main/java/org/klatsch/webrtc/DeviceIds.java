package org.klatsch.webrtc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names of devices as an application sees them: the same from one start to the next, another one
/// in every application, and no serial number, Media Capture and Streams §9.3 and §13.4.
///
/// Labels are shown to every application: as no permission is asked for, none is waited for.
final class DeviceIds {
  /// Names the application, where its main class does not.
  static final String APPLICATION = "klatsch.application";

  /// Of a hash, enough for no two devices of a machine to be the same.
  private static final int BYTES = 16;

  private final byte[] salt;

  /// @param application whose names these are
  DeviceIds(String application) {
    salt = application.getBytes(StandardCharsets.UTF_8);
  }

  /// Those of this program: as the system property says, else by its main class.
  static DeviceIds ofProgram() {
    String command = System.getProperty("sun.java.command", "").split(" ", 2)[0];
    return new DeviceIds(System.getProperty(APPLICATION, command));
  }

  String hash(String systemName) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      digest.update((byte) 0);
      byte[] hash = digest.digest(systemName.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
