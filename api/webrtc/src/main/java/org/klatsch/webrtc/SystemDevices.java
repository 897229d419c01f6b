package org.klatsch.webrtc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.device.AudioInput;
import org.klatsch.codecs.device.AudioOutput;
import org.klatsch.codecs.device.Devices;
import org.klatsch.codecs.device.MediaDevice;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

/// The devices of this machine, as their providers show them.
final class SystemDevices {
  /// What resamplers here take.
  private static final ULongRange RATES = new ULongRange(8_000, 48_000);

  private static final int SMALLEST = 64;
  private static final double SLOWEST = 1;

  private SystemDevices() {}

  /// What is present now.
  static DeviceList present(Devices devices, DeviceIds ids) {
    List<Device> inputs = new ArrayList<>();
    List<Speaker> speakers = new ArrayList<>();
    for (MediaDevice each : devices.present()) {
      String id = ids.hash(each.id());
      String group = ids.hash(each.group());
      switch (each) {
        case AudioInput input -> inputs.add(new Microphone(id, group, input));
        case VideoInput input -> inputs.add(new Camera(id, group, input));
        case AudioOutput output -> speakers.add(new Speaker(id, group, output.label(), output));
      }
    }
    return new DeviceList(inputs, speakers);
  }

  private record Microphone(String id, String group, AudioInput input) implements Device {
    @Override
    public String label() {
      return input.label();
    }

    @Override
    public MediaDeviceKind kind() {
      return MediaDeviceKind.AUDIOINPUT;
    }

    @Override
    public Map<String, Object> capabilities() {
      return Map.of(
          "sampleRate", RATES,
          "channelCount", new ULongRange(1, 2),
          "sampleSize", new ULongRange(16, 16),
          "latency", new DoubleRange(0.02, 0.02));
    }

    @Override
    public Map<String, Object> defaults() {
      return Map.of("sampleRate", 48_000, "channelCount", 1, "sampleSize", 16, "latency", 0.02);
    }

    /// The device may have another format than its settings say; what comes is brought into theirs.
    @Override
    public Capture open(Map<String, Object> settings, DeviceSource source) throws IOException {
      PcmFormat wish =
          new PcmFormat(
              Device.whole(settings, "sampleRate") / 50 * 50,
              Device.whole(settings, "channelCount"));
      PcmConverter converter = new PcmConverter(wish);
      return input.open(wish, frame -> source.emit(converter.convert(frame)))::close;
    }
  }

  private record Camera(String id, String group, VideoInput input) implements Device {
    @Override
    public String label() {
      return input.label();
    }

    @Override
    public MediaDeviceKind kind() {
      return MediaDeviceKind.VIDEOINPUT;
    }

    @Override
    public boolean isDisplay() {
      return input.isDisplay();
    }

    @Override
    public Map<String, Object> capabilities() {
      VideoMode best = input.best();
      int narrowest = Math.min(SMALLEST, best.width());
      int lowest = Math.min(SMALLEST, best.height());
      return Map.of(
          "width", new ULongRange(narrowest, best.width()),
          "height", new ULongRange(lowest, best.height()),
          "aspectRatio",
              new DoubleRange((double) narrowest / best.height(), (double) best.width() / lowest),
          "frameRate",
              new DoubleRange(Math.min(SLOWEST, best.framesPerSecond()), best.framesPerSecond()));
    }

    /// A screen as it is; a camera no larger than what is encoded with ease.
    @Override
    public Map<String, Object> defaults() {
      VideoMode best = input.best();
      return input.isDisplay()
          ? Map.of(
              "width", best.width(),
              "height", best.height(),
              "frameRate", best.framesPerSecond())
          : Map.of("width", 640, "height", 480, "frameRate", 30.0);
    }

    @Override
    public Capture open(Map<String, Object> settings, DeviceSource source) throws IOException {
      double rate =
          settings.get("frameRate") instanceof Double wanted
              ? wanted
              : input.best().framesPerSecond();
      VideoMode mode =
          new VideoMode(Device.whole(settings, "width"), Device.whole(settings, "height"), rate);
      return input.open(mode, source::emit)::close;
    }
  }
}
