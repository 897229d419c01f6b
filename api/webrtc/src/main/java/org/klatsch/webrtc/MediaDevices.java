package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The microphones, cameras and screens, `navigator.mediaDevices` of a browser, Media Capture and
/// Streams §9. Thread-safe.
///
/// A machine without devices is normal: then nothing is enumerated, and asking for one fails with
/// NotFoundError. For programs that run there, [#fake()] has devices that make a tone and a moving
/// picture.
public final class MediaDevices extends EventTarget {
  private static final class Machine {
    static final MediaDevices DEVICES = new MediaDevices(List.of());
  }

  private static final class Fake {
    static final MediaDevices DEVICES = new MediaDevices(FakeDevices.all());
  }

  private final TaskList tasks = new TaskList(null, "klatsch-devices");
  private volatile List<Device> devices;

  MediaDevices(List<Device> devices) {
    this.devices = List.copyOf(devices);
  }

  /// The devices of this machine; the fake ones when the system property `klatsch.fakeDevices` is
  /// `true`.
  public static MediaDevices system() {
    return Boolean.getBoolean("klatsch.fakeDevices") ? Fake.DEVICES : Machine.DEVICES;
  }

  /// A microphone with a tone that beeps every second, a camera with a moving pattern and a frame
  /// counter, a screen.
  public static MediaDevices fake() {
    return Fake.DEVICES;
  }

  /// The devices, microphones first, each with its label: a program needs no permission.
  public CompletableFuture<List<MediaDeviceInfo>> enumerateDevices() {
    return settled(() -> infos(devices));
  }

  private static List<MediaDeviceInfo> infos(List<Device> present) {
    List<MediaDeviceInfo> infos = new ArrayList<>();
    for (Device each : present) {
      if (!each.isDisplay()) {
        infos.add(new InputDeviceInfo(each));
      }
    }
    return List.copyOf(infos);
  }

  /// Which constraints are looked at.
  public MediaTrackSupportedConstraints getSupportedConstraints() {
    return MediaTrackSupportedConstraints.OURS;
  }

  /// A stream with one track of each kind that is asked for. Fails with TypeError when none is,
  /// with NotFoundError when there is no such device, with [OverconstrainedError] when none can do
  /// what is required.
  public CompletableFuture<MediaStream> getUserMedia(MediaStreamConstraints constraints) {
    return settled(() -> {
      List<DeviceSource> sources = new ArrayList<>();
      MediaTrackConstraints audio = constraints.audio();
      MediaTrackConstraints video = constraints.video();
      if (audio == null && video == null) {
        throw DOMException.typeError("neither audio nor video is asked for");
      }
      List<MediaStreamTrack> tracks = new ArrayList<>();
      if (audio != null) {
        sources.add(choose(each -> each.kind() == MediaDeviceKind.AUDIOINPUT, audio, "microphone"));
      }
      if (video != null) {
        sources.add(
            choose(
                each -> each.kind() == MediaDeviceKind.VIDEOINPUT && !each.isDisplay(),
                video,
                "camera"));
      }
      for (DeviceSource each : sources) {
        MediaStreamTrack track = new MediaStreamTrack(each);
        MediaTrackConstraints wishes = each.kind().equals("audio") ? audio : video;
        if (wishes != null) {
          track.constraints(wishes);
        }
        tracks.add(track);
      }
      return new MediaStream(tracks);
    });
  }

  /// A stream with a screen's video, W3C Screen Capture §5. Fails with NotFoundError when there is
  /// no screen.
  public CompletableFuture<MediaStream> getDisplayMedia(MediaStreamConstraints constraints) {
    return settled(() -> {
      MediaTrackConstraints wishes = constraints.video();
      MediaTrackConstraints video = wishes == null ? new MediaTrackConstraints() : wishes;
      MediaStreamTrack track = new MediaStreamTrack(choose(Device::isDisplay, video, "screen"));
      track.constraints(video);
      return new MediaStream(List.of(track));
    });
  }

  /// Takes the device that fits best, §9.2.2.
  private DeviceSource choose(Predicate<Device> kind, MediaTrackConstraints wishes, String name) {
    DeviceSource best = null;
    double bestDistance = Double.MAX_VALUE;
    OverconstrainedError refusal = null;
    for (Device each : devices) {
      if (!kind.test(each)) {
        continue;
      }
      try {
        Map<String, Object> capabilities = new HashMap<>(each.capabilities());
        capabilities.put("deviceId", List.of(each.id()));
        capabilities.put("groupId", List.of(each.group()));
        Map<String, Object> chosen = Settings.select(capabilities, each.defaults(), wishes);
        double distance = Settings.distance(chosen, wishes);
        if (distance < bestDistance) {
          best = new DeviceSource(each, chosen);
          bestDistance = distance;
        }
      } catch (OverconstrainedError e) {
        refusal = e;
      }
    }
    if (best != null) {
      return best;
    }
    if (refusal != null) {
      throw refusal;
    }
    throw new DOMException("there is no " + name + " on this machine", "NotFoundError");
  }

  private interface Step<T> {
    T run();
  }

  private <T> CompletableFuture<T> settled(Step<T> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    tasks.settle(() -> {
      try {
        result.complete(step.run());
      } catch (DOMException e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  public void onDeviceChange(@Nullable EventListener<DeviceChangeEvent> listener) {
    handler("devicechange", listener);
  }

  /// Takes over what is present now and tells the listeners.
  void devicesChanged(List<Device> present) {
    List<Device> before = devices;
    devices = List.copyOf(present);
    List<MediaDeviceInfo> now = infos(present);
    List<MediaDeviceInfo> fresh =
        now.stream()
            .filter(info -> before.stream().noneMatch(old -> old.id().equals(info.deviceId())))
            .toList();
    tasks.post(() ->
        dispatchEvent(
            new DeviceChangeEvent("devicechange", new DeviceChangeEventInit(now), fresh)));
  }
}
