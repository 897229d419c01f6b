package org.klatsch.codecs.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// The devices of this machine. Immutable: any thread.
public final class Devices {
  private static final System.Logger LOGGER = System.getLogger(Devices.class.getName());

  private static final class Installed {
    static final Devices DEVICES = new Devices(load());

    /// A provider whose library this runtime image lacks is none.
    private static List<DeviceProvider> load() {
      List<DeviceProvider> found = new ArrayList<>();
      ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).stream()
          .forEach(each -> {
            try {
              found.add(each.get());
            } catch (ServiceConfigurationError | LinkageError e) {
              LOGGER.log(System.Logger.Level.DEBUG, "devices cannot be reached", e);
            }
          });
      return found;
    }
  }

  private final List<DeviceProvider> providers;

  public Devices(List<? extends DeviceProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /// What `ServiceLoader` finds beside this module.
  public static Devices installed() {
    return Installed.DEVICES;
  }

  /// What is present now. A provider that fails has nothing.
  public List<MediaDevice> present() {
    List<MediaDevice> present = new ArrayList<>();
    for (DeviceProvider provider : providers) {
      try {
        present.addAll(provider.devices());
      } catch (RuntimeException | LinkageError e) {
        LOGGER.log(System.Logger.Level.DEBUG, provider.name() + " cannot be reached", e);
      }
    }
    return List.copyOf(present);
  }
}
