package org.klatsch.cli;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.webrtc.AudioPlayer;
import org.klatsch.webrtc.ConstrainDOMStringParameters;
import org.klatsch.webrtc.MediaDeviceInfo;
import org.klatsch.webrtc.MediaDeviceKind;
import org.klatsch.webrtc.MediaDevices;
import org.klatsch.webrtc.MediaStream;
import org.klatsch.webrtc.MediaStreamConstraints;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.MediaTrackConstraintSet;

/// The devices of this machine that a call uses.
///
/// @param wanted parts of names of devices to be preferred
record CallDevices(List<String> wanted) {
  /// What every encoder manages in real time.
  private static final MediaTrackConstraintSet PICTURE =
      new MediaTrackConstraintSet().withWidth(640).withHeight(360).withFrameRate(30);

  private static final MediaTrackConstraintSet SCREEN =
      new MediaTrackConstraintSet().withFrameRate(10);

  /// @throws CommandException when no video can be encoded
  static void requireVideoEncoder() throws CommandException {
    if (Codecs.installed().formats().stream().noneMatch(CodecFormat::isVideo)) {
      throw CommandException.failed(
          "no video can be encoded: klatsch.jar needs the folder natives beside it, with the"
              + " libraries for this system");
    }
  }

  MediaStreamTrack microphone() throws CommandException, InterruptedException {
    MediaTrackConstraintSet wish =
        choose(MediaDeviceKind.AUDIOINPUT, new MediaTrackConstraintSet());
    return only(MediaDevices.system().getUserMedia(new MediaStreamConstraints().withAudio(wish)));
  }

  MediaStreamTrack camera() throws CommandException, InterruptedException {
    MediaTrackConstraintSet wish = choose(MediaDeviceKind.VIDEOINPUT, PICTURE);
    return only(MediaDevices.system().getUserMedia(new MediaStreamConstraints().withVideo(wish)));
  }

  MediaStreamTrack screen() throws CommandException, InterruptedException {
    return only(
        MediaDevices.system().getDisplayMedia(new MediaStreamConstraints().withVideo(SCREEN)));
  }

  static MediaStreamTrack testPicture() throws CommandException, InterruptedException {
    return only(MediaDevices.fake().getUserMedia(new MediaStreamConstraints().withVideo(PICTURE)));
  }

  AudioPlayer speaker() throws CommandException, InterruptedException {
    return result(MediaDevices.system().openSpeaker(choose(MediaDeviceKind.AUDIOOUTPUT)));
  }

  private MediaTrackConstraintSet choose(MediaDeviceKind kind, MediaTrackConstraintSet wish)
      throws CommandException, InterruptedException {
    String id = choose(kind);
    return id.isEmpty() ? wish : wish.withDeviceId(ConstrainDOMStringParameters.exact(id));
  }

  /// @return the id of the device that is wanted; empty for the system's choice
  private String choose(MediaDeviceKind kind) throws CommandException, InterruptedException {
    if (wanted.isEmpty()) {
      return "";
    }
    // Who names a device has consented to its use.
    MediaDevices.system().grantPermission(kind);
    List<MediaDeviceInfo> present = result(MediaDevices.system().enumerateDevices());
    for (MediaDeviceInfo device : present) {
      if (device.kind() == kind && matches(device)) {
        return device.deviceId();
      }
    }
    for (MediaDeviceKind each : MediaDeviceKind.values()) {
      MediaDevices.system().grantPermission(each);
    }
    present = result(MediaDevices.system().enumerateDevices());
    if (present.stream().anyMatch(this::matches)) {
      // The name is meant for a device of another kind.
      return "";
    }
    throw CommandException.failed(
        "no device is called "
            + String.join(" or ", wanted)
            + "; there is: "
            + present.stream()
                .map(device -> device.label() + " (" + device.kind() + ")")
                .collect(Collectors.joining(", ")));
  }

  private boolean matches(MediaDeviceInfo device) {
    String label = device.label().toLowerCase(Locale.ROOT);
    return wanted.stream().anyMatch(part -> label.contains(part.toLowerCase(Locale.ROOT)));
  }

  private static MediaStreamTrack only(CompletableFuture<MediaStream> stream)
      throws CommandException, InterruptedException {
    return result(stream).getTracks().getFirst();
  }

  private static <T> T result(CompletableFuture<T> future)
      throws CommandException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw CommandException.failed(String.valueOf(cause == null ? e : cause.getMessage()));
    }
  }
}
