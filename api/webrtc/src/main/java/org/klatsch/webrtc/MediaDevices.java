package org.klatsch.webrtc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.device.Devices;

/// The microphones, cameras and screens, `navigator.mediaDevices` of a browser, Media Capture and
/// Streams §9. Thread-safe.
///
/// A machine without devices is normal: then nothing is enumerated, and asking for one fails with
/// NotFoundError. For programs that run there, [#fake()] has devices that make a tone and a moving
/// picture.
public final class MediaDevices extends EventTarget {
  private static final class Machine {
    static final MediaDevices DEVICES = make();

    private static MediaDevices make() {
      DeviceIds ids = DeviceIds.ofProgram();
      return new MediaDevices(() -> SystemDevices.present(Devices.installed(), ids), ids);
    }
  }

  private static final class Fake {
    static final MediaDevices DEVICES = new MediaDevices(FakeDevices::all, null);
  }

  private final TaskList tasks = new TaskList(null, "klatsch-devices");
  private final Supplier<DeviceList> look;
  private final @Nullable DeviceIds ids;
  private final DevicePermissions permissions = new DevicePermissions();

  /// What was present at the last look.
  private volatile @Nullable DeviceList seen;

  /// @param look finds what is present now; may take its time
  /// @param ids names the devices; null when their names are no secret
  MediaDevices(Supplier<DeviceList> look, @Nullable DeviceIds ids) {
    this.look = look;
    this.ids = ids;
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

  /// The devices, microphones first. Of a kind that is not granted to this program one at most is
  /// shown, without label and id: so much as is needed to ask for it. A kind is granted by
  /// [#getUserMedia] or [#grantPermission].
  public CompletableFuture<List<MediaDeviceInfo>> enumerateDevices() {
    return settled(() -> exposed(present().infos()));
  }

  /// The user has consented to the use of a kind of devices in another way than by a call of
  /// [#getUserMedia], for example by choosing one in a dialogue of the program.
  public void grantPermission(MediaDeviceKind kind) {
    permissions.grant(kind, isOfMachine());
  }

  /// Takes every permission back. Tracks that exist go on.
  public void revokePermissions() {
    permissions.revokeAll();
  }

  /// Gives all devices new ids, as when a user clears what a program knows of him. What was kept of
  /// the old ones is worth nothing afterwards.
  public void clearDeviceIds() {
    DeviceIds named = ids;
    if (named != null) {
      named.clear();
    }
  }

  /// Fake devices are no microphone that somebody could be heard by, unless they stand for all.
  private boolean isOfMachine() {
    return ids != null || Boolean.getBoolean("klatsch.fakeDevices");
  }

  /// What may be told, Media Capture and Streams §9.2.1.
  private List<MediaDeviceInfo> exposed(List<MediaDeviceInfo> all) {
    List<MediaDeviceInfo> told = new ArrayList<>();
    Set<MediaDeviceKind> unnamed = EnumSet.noneOf(MediaDeviceKind.class);
    for (MediaDeviceInfo each : all) {
      if (permissions.exposes(each.kind())) {
        told.add(each);
      } else if (unnamed.add(each.kind())) {
        told.add(new MediaDeviceInfo("", each.kind(), "", ""));
      }
    }
    return List.copyOf(told);
  }

  /// Opens a loudspeaker to play tracks on. Fails with NotFoundError when there is none, or not
  /// this one, with NotReadableError when it cannot be opened.
  ///
  /// @param deviceId of [#enumerateDevices]; empty for the system's choice
  public CompletableFuture<AudioPlayer> openSpeaker(String deviceId) {
    return settled(() -> {
      Speaker speaker =
          present().speakers().stream()
              .filter(each -> deviceId.isEmpty() || each.id().equals(deviceId))
              .findFirst()
              .orElseThrow(
                  () -> new DOMException("there is no such loudspeaker here", "NotFoundError"));
      try {
        return new AudioPlayer(speaker);
      } catch (IOException e) {
        throw new DOMException(String.valueOf(e.getMessage()), "NotReadableError");
      }
    });
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
        grantPermission(
            each.kind().equals("audio") ? MediaDeviceKind.AUDIOINPUT : MediaDeviceKind.VIDEOINPUT);
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
    for (Device each : present().inputs()) {
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

  /// Devices came or went. It is noticed when somebody asks for devices.
  public void onDeviceChange(@Nullable EventListener<DeviceChangeEvent> listener) {
    handler("devicechange", listener);
  }

  private DeviceList present() {
    DeviceList before = seen;
    DeviceList now = look.get();
    seen = now;
    if (before != null) {
      List<String> known = ids(before);
      if (!known.equals(ids(now))) {
        List<MediaDeviceInfo> infos = now.infos();
        List<MediaDeviceInfo> fresh =
            infos.stream().filter(info -> !known.contains(info.deviceId())).toList();
        tasks.post(() ->
            dispatchEvent(
                new DeviceChangeEvent(
                    "devicechange", new DeviceChangeEventInit(exposed(infos)), exposed(fresh))));
      }
    }
    return now;
  }

  private static List<String> ids(DeviceList devices) {
    return devices.infos().stream().map(MediaDeviceInfo::deviceId).toList();
  }
}
