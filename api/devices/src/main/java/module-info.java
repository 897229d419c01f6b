/// Microphone, speaker and screen of the machine.
module org.klatsch.devices {
  requires static org.jspecify;
  requires transitive java.desktop;
  requires transitive org.klatsch.codecs;

  exports org.klatsch.devices;

  provides org.klatsch.codecs.device.DeviceProvider with
      org.klatsch.devices.SoundDevices,
      org.klatsch.devices.Screens;
}
