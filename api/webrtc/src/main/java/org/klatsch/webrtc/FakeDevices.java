package org.klatsch.webrtc;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.device.AudioOutput;
import org.klatsch.codecs.device.Playback;
import org.klatsch.codecs.fake.FakeAudio;
import org.klatsch.codecs.fake.FakeVideo;

/// Devices that need no hardware: for tests, demonstrations and machines without any.
final class FakeDevices {
  private static final String GROUP = "fake";
  private static final double NANOS_PER_SECOND = 1e9;

  private FakeDevices() {}

  static DeviceList all() {
    return new DeviceList(
        List.of(
            new Microphone(),
            new Camera("fake-camera", "Fake camera", false),
            new Camera("fake-screen", "Fake screen", true)),
        List.of(new Speaker("fake-speaker", GROUP, "Fake speaker", new Silence())));
  }

  /// A loudspeaker that nobody hears, with the clock of the machine.
  private static final class Silence implements AudioOutput {
    @Override
    public String id() {
      return "fake-speaker";
    }

    @Override
    public String group() {
      return GROUP;
    }

    @Override
    public String label() {
      return "Fake speaker";
    }

    @Override
    public Playback open(PcmFormat format) {
      return new Playback() {
        private long heardUntil = System.nanoTime();
        private volatile boolean closed;

        @Override
        public void write(short[] pcm, int offset, int length) throws IOException {
          heardUntil =
              Math.max(heardUntil, System.nanoTime())
                  + length / format.channels() * (long) NANOS_PER_SECOND / format.rateHz();
          while (!closed && heardUntil - System.nanoTime() > 0) {
            LockSupport.parkNanos(heardUntil - System.nanoTime());
          }
          if (closed) {
            throw new IOException("closed");
          }
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }
  }

  /// A tone with a beep in every second.
  private static final class Microphone implements Device {
    @Override
    public String id() {
      return "fake-microphone";
    }

    @Override
    public String group() {
      return GROUP;
    }

    @Override
    public String label() {
      return "Fake microphone";
    }

    @Override
    public MediaDeviceKind kind() {
      return MediaDeviceKind.AUDIOINPUT;
    }

    @Override
    public Map<String, Object> capabilities() {
      return Map.of(
          "sampleRate", new ULongRange(8_000, 48_000),
          "channelCount", new ULongRange(1, 2),
          "sampleSize", new ULongRange(16, 16),
          "latency", new DoubleRange(0.02, 0.02));
    }

    @Override
    public Map<String, Object> defaults() {
      return Map.of("sampleRate", 48_000, "channelCount", 1, "sampleSize", 16, "latency", 0.02);
    }

    @Override
    public Capture open(Map<String, Object> settings, DeviceSource source) {
      // Whole frames in every tick need a multiple of 50.
      int rate = Device.whole(settings, "sampleRate") / 50 * 50;
      int channels = Device.whole(settings, "channelCount");
      FakeAudio audio = new FakeAudio(new PcmFormat(rate, channels));
      int frames = rate * MediaPool.TICK_MILLIS / 1000;
      return MediaPool.ticker(() -> source.emit(audio.next(frames)))::close;
    }
  }

  /// A moving pattern with a number in each picture.
  private record Camera(String id, String label, boolean isDisplay) implements Device {
    @Override
    public String group() {
      return GROUP;
    }

    @Override
    public MediaDeviceKind kind() {
      return MediaDeviceKind.VIDEOINPUT;
    }

    @Override
    public Map<String, Object> capabilities() {
      return Map.of(
          "width", new ULongRange(64, 1920),
          "height", new ULongRange(36, 1080),
          "aspectRatio", new DoubleRange(64 / 1080.0, 1920 / 36.0),
          "frameRate", new DoubleRange(1.0, 60.0),
          "facingMode", List.of("user"),
          "resizeMode", List.of("none"));
    }

    @Override
    public Map<String, Object> defaults() {
      return Map.of("width", 640, "height", 360, "frameRate", 30.0);
    }

    @Override
    public Capture open(Map<String, Object> settings, DeviceSource source) {
      double rate = settings.get("frameRate") instanceof Double wanted ? wanted : 30;
      // The pattern is drawn for whole rates and even sizes.
      int width = Device.whole(settings, "width") & ~1;
      int height = Device.whole(settings, "height") & ~1;
      FakeVideo video = new FakeVideo(width, height, Math.max(1, (int) Math.round(rate)));
      return MediaPool.ticker(
              () -> source.emit(video.next()), Duration.ofNanos((long) (NANOS_PER_SECOND / rate)))
          ::close;
    }
  }
}
