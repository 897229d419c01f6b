package org.klatsch.devices;

import java.awt.AWTError;
import java.awt.GraphicsDevice;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.codecs.device.DeviceProvider;
import org.klatsch.codecs.device.MediaDevice;

/// The screens of the desktop. Public only because `ServiceLoader` on the class path wants it.
public final class Screens implements DeviceProvider {
  /// For `ServiceLoader`.
  public Screens() {}

  @Override
  public String name() {
    return "java.awt";
  }

  /// None on a machine without a desktop, or where Java cannot reach it.
  @Override
  public List<MediaDevice> devices() {
    List<MediaDevice> found = new ArrayList<>();
    try {
      if (!GraphicsEnvironment.isHeadless()) {
        GraphicsDevice[] screens =
            GraphicsEnvironment.getLocalGraphicsEnvironment().getScreenDevices();
        for (int i = 0; i < screens.length; i++) {
          found.add(new Screen(screens[i], screens.length == 1 ? "Screen" : "Screen " + (i + 1)));
        }
      }
    } catch (HeadlessException | AWTError | LinkageError e) {
      System.getLogger(Screens.class.getName())
          .log(System.Logger.Level.DEBUG, "no screen can be reached", e);
    }
    return found;
  }
}
