package org.klatsch.rtp;

/// Coordination of video orientation, 3GPP TS 26.114 §7.4.5: `0 0 0 0 C F R1 R0`.
public final class VideoOrientation {
  private VideoOrientation() {}

  /// The extension's byte.
  ///
  /// @param rotation clockwise degrees the receiver has to turn the picture: 0, 90, 180 or 270
  public static int of(boolean backCamera, boolean flip, int rotation) {
    if (rotation < 0 || rotation > 270 || rotation % 90 != 0) {
      throw new IllegalArgumentException("rotation " + rotation + ", 0, 90, 180, 270 expected");
    }
    return (backCamera ? 8 : 0) | (flip ? 4 : 0) | rotation / 90;
  }

  /// Clockwise degrees to turn the picture by before it is shown.
  public static int rotation(int value) {
    return (value & 3) * 90;
  }

  /// Whether the picture is mirrored.
  public static boolean flip(int value) {
    return (value & 4) != 0;
  }

  /// Whether the picture comes from the camera at the back.
  public static boolean backCamera(int value) {
    return (value & 8) != 0;
  }
}
