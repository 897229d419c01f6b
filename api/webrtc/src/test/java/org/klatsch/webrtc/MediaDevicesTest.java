package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.device.AudioInput;
import org.klatsch.codecs.device.AudioOutput;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.DeviceProvider;
import org.klatsch.codecs.device.Devices;
import org.klatsch.codecs.device.MediaDevice;
import org.klatsch.codecs.device.Playback;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

/// The devices of a machine as the W3C's `mediaDevices` shows them.
@Timeout(60)
final class MediaDevicesTest {
  @TempDir static Path salts;

  @AfterEach
  void forgetWhatWasGranted() {
    DevicePermissions.anyGranted(false);
  }

  /// A machine whose devices this test has in its hand.
  private static final class Machine implements DeviceProvider {
    private final List<MediaDevice> present = new ArrayList<>();

    Machine(MediaDevice... devices) {
      present.addAll(List.of(devices));
    }

    @Override
    public String name() {
      return "test";
    }

    @Override
    public List<MediaDevice> devices() {
      return List.copyOf(present);
    }

    MediaDevices mediaDevices(String application) {
      Devices devices = new Devices(List.of(this));
      DeviceIds ids = new DeviceIds(salts, application);
      return new MediaDevices(() -> SystemDevices.present(devices, ids), ids);
    }

    /// Devices that the user has consented to.
    MediaDevices granted(String application) {
      MediaDevices devices = mediaDevices(application);
      devices.grantPermission(MediaDeviceKind.AUDIOINPUT);
      devices.grantPermission(MediaDeviceKind.VIDEOINPUT);
      return devices;
    }
  }

  /// A microphone that records in one format only.
  private static final class Microphone implements AudioInput {
    private final AtomicReference<Consumer<AudioFrame>> listener = new AtomicReference<>();
    private final boolean broken;

    Microphone(boolean broken) {
      this.broken = broken;
    }

    @Override
    public String id() {
      return "serial number 4711";
    }

    @Override
    public String group() {
      return "headset";
    }

    @Override
    public String label() {
      return "Good microphone";
    }

    @Override
    public Capture open(PcmFormat wish, Consumer<AudioFrame> to) throws IOException {
      if (broken) {
        throw new IOException("another program uses it");
      }
      listener.set(to);
      return () -> listener.set(null);
    }
  }

  private record Camera(String id, boolean isDisplay, BlockingQueue<VideoMode> opened)
      implements VideoInput {
    @Override
    public String group() {
      return id;
    }

    @Override
    public String label() {
      return id;
    }

    @Override
    public VideoMode best() {
      return new VideoMode(1280, 720, 30);
    }

    @Override
    public Capture open(VideoMode mode, Consumer<VideoFrame> listener) {
      opened.add(mode);
      listener.accept(
          new VideoFrame(
              mode.width(),
              mode.height(),
              new byte[VideoFrame.size(mode.width(), mode.height())],
              0));
      return () -> {};
    }
  }

  /// A loudspeaker that keeps what it plays, with the clock of the machine.
  private record Loudspeaker(BlockingQueue<short[]> played) implements AudioOutput {
    @Override
    public String id() {
      return "loudspeaker";
    }

    @Override
    public String group() {
      return "headset";
    }

    @Override
    public String label() {
      return "Loudspeaker";
    }

    @Override
    public Playback open(PcmFormat format) {
      assertThat(format).isEqualTo(new PcmFormat(48_000, 2));
      return new Playback() {
        private long heardUntil = System.nanoTime();
        private volatile boolean closed;

        @Override
        public void write(short[] pcm, int offset, int length) throws IOException {
          heardUntil += length * 1_000_000_000L / 96_000;
          while (!closed && heardUntil - System.nanoTime() > 0) {
            LockSupport.parkNanos(heardUntil - System.nanoTime());
          }
          if (closed) {
            throw new IOException("closed");
          }
          played.add(Arrays.copyOfRange(pcm, offset, offset + length));
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }
  }

  private static List<MediaDeviceInfo> granted(MediaDevices fake) throws Exception {
    fake.grantPermission(MediaDeviceKind.AUDIOOUTPUT);
    return get(fake.enumerateDevices());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aMachineWithoutDevicesIsNormal() throws Exception {
    MediaDevices none = new Machine().mediaDevices("app");
    assertThat(get(none.enumerateDevices())).isEmpty();
    assertThatThrownBy(() -> get(none.getUserMedia(new MediaStreamConstraints().withAudio(true))))
        .hasCauseInstanceOf(DOMException.class)
        .hasMessageContaining("NotFoundError");
    assertThatThrownBy(() -> get(none.getDisplayMedia(new MediaStreamConstraints())))
        .hasMessageContaining("NotFoundError");
    assertThatThrownBy(() -> get(none.openSpeaker(""))).hasMessageContaining("NotFoundError");
  }

  @Test
  void thisMachineCanBeAskedWhateverItHas() throws Exception {
    for (MediaDeviceInfo each : get(MediaDevices.system().enumerateDevices())) {
      assertThat(each.toJSON()).contains("\"kind\":\"" + each.kind() + "\"");
    }
  }

  @Test
  void namesOfDevicesAreHashedForEachApplication() throws Exception {
    Machine machine =
        new Machine(
            new Loudspeaker(new LinkedBlockingQueue<>()),
            new Microphone(false),
            new Camera("screen", true, new LinkedBlockingQueue<>()),
            new Camera("camera", false, new LinkedBlockingQueue<>()));
    List<MediaDeviceInfo> infos = get(machine.granted("one").enumerateDevices());
    assertThat(infos)
        .extracting(MediaDeviceInfo::kind)
        .containsExactly(
            MediaDeviceKind.AUDIOINPUT, MediaDeviceKind.VIDEOINPUT, MediaDeviceKind.AUDIOOUTPUT);
    assertThat(infos).extracting(MediaDeviceInfo::deviceId).doesNotHaveDuplicates();
    assertThat(infos.getFirst().groupId()).isEqualTo(infos.getLast().groupId());
    assertThat(infos.getFirst().deviceId()).hasSize(32).doesNotContain("4711");
    String again = get(machine.granted("one").enumerateDevices()).getFirst().deviceId();
    String other = get(machine.granted("two").enumerateDevices()).getFirst().deviceId();
    assertThat(again).isEqualTo(infos.getFirst().deviceId());
    assertThat(other).isNotEqualTo(infos.getFirst().deviceId());
  }

  @Test
  void clearedNamesAreNewOnesForDevicesAndGroups() throws Exception {
    Machine machine = new Machine(new Microphone(false));
    MediaDevices devices = machine.granted("one");
    MediaDeviceInfo before = get(devices.enumerateDevices()).getFirst();
    devices.clearDeviceIds();
    MediaDeviceInfo after = get(devices.enumerateDevices()).getFirst();
    assertThat(after.deviceId()).isNotEqualTo(before.deviceId());
    assertThat(after.groupId()).isNotEqualTo(before.groupId());
    assertThat(get(machine.granted("one").enumerateDevices()).getFirst().deviceId())
        .isEqualTo(after.deviceId());
  }

  @Test
  void aSaltIsReadableByItsOwnerAloneAndMayBeDamaged() throws Exception {
    Path folder = salts.resolve("alone");
    String id = new DeviceIds(folder, "one").hash("microphone");
    assertThat(new DeviceIds(folder, "one").hash("microphone")).isEqualTo(id);
    Path salt;
    try (Stream<Path> files = Files.list(folder)) {
      salt = files.findFirst().orElseThrow();
    }
    if (salt.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(salt)))
          .isEqualTo("rw-------");
    }
    Files.write(salt, new byte[3]);
    String other = new DeviceIds(folder, "one").hash("microphone");
    assertThat(other).isNotEqualTo(id);
    assertThat(new DeviceIds(folder, "one").hash("microphone")).isEqualTo(other);
  }

  @Test
  void withoutPermissionOneOfEachKindIsShownAndNoneIsNamed() throws Exception {
    MediaDevices devices =
        new Machine(
                new Loudspeaker(new LinkedBlockingQueue<>()),
                new Microphone(false),
                new Microphone(false),
                new Camera("camera", false, new LinkedBlockingQueue<>()))
            .mediaDevices("app");
    List<MediaDeviceInfo> infos = get(devices.enumerateDevices());
    assertThat(infos)
        .extracting(MediaDeviceInfo::kind)
        .containsExactly(
            MediaDeviceKind.AUDIOINPUT, MediaDeviceKind.VIDEOINPUT, MediaDeviceKind.AUDIOOUTPUT);
    for (MediaDeviceInfo each : infos) {
      assertThat(each.label() + each.deviceId() + each.groupId()).isEmpty();
    }
    get(devices.getUserMedia(new MediaStreamConstraints().withAudio(true)));
    infos = get(devices.enumerateDevices());
    assertThat(infos)
        .filteredOn(each -> each.kind() == MediaDeviceKind.AUDIOINPUT)
        .hasSize(2)
        .allMatch(each -> each.label().equals("Good microphone"));
    assertThat(infos)
        .filteredOn(each -> each.kind() == MediaDeviceKind.VIDEOINPUT)
        .singleElement()
        .matches(each -> each.label().isEmpty() && each.deviceId().isEmpty());
    assertThat(infos.getLast().label()).isNotEmpty();
    devices.revokePermissions();
    assertThat(get(devices.enumerateDevices())).allMatch(each -> each.label().isEmpty());
  }

  @Test
  void aMicrophoneIsOpenWhileSomebodyListensAndGivesTheFormatOfItsSettings() throws Exception {
    Microphone microphone = new Microphone(false);
    MediaStreamTrack track =
        get(new Machine(microphone)
                .mediaDevices("app")
                .getUserMedia(
                    new MediaStreamConstraints()
                        .withAudio(
                            new MediaTrackConstraintSet()
                                .withSampleRate(16_000)
                                .withChannelCount(1))))
            .getTracks()
            .getFirst();
    assertThat(track.label()).isEqualTo("Good microphone");
    assertThat(track.getSettings().sampleRate()).isEqualTo(16_000);
    assertThat(microphone.listener.get()).isNull();
    BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
    TrackConsumer ear =
        new TrackConsumer() {
          @Override
          public void audio(AudioFrame frame) {
            heard.add(frame);
          }
        };
    track.addConsumer(ear);
    microphone.listener.get().accept(new AudioFrame(new short[1_764], 44_100, 2, 0));
    assertThat(heard.poll(30, TimeUnit.SECONDS).format()).isEqualTo(new PcmFormat(16_000, 1));
    track.removeConsumer(ear);
    assertThat(microphone.listener.get()).isNull();
  }

  @Test
  void aDeviceThatCannotBeOpenedEndsItsTrack() throws Exception {
    MediaStreamTrack track =
        get(new Machine(new Microphone(true))
                .mediaDevices("app")
                .getUserMedia(new MediaStreamConstraints().withAudio(true)))
            .getTracks()
            .getFirst();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    track.onEnded(_ -> ended.complete(true));
    try (AudioTrackSink sink = new AudioTrackSink(track, 48_000, 1)) {
      assertThat(sink.read(new short[10], 0, 10)).isEqualTo(-1);
    }
    assertThat(get(ended)).isTrue();
  }

  @Test
  void aScreenIsGivenByGetDisplayMediaAloneInTheSizeAskedFor() throws Exception {
    BlockingQueue<VideoMode> screen = new LinkedBlockingQueue<>();
    BlockingQueue<VideoMode> camera = new LinkedBlockingQueue<>();
    MediaDevices devices =
        new Machine(new Camera("screen", true, screen), new Camera("camera", false, camera))
            .mediaDevices("app");
    MediaTrackConstraintSet small =
        new MediaTrackConstraintSet().withWidth(640).withHeight(360).withFrameRate(10);
    MediaStreamTrack shown =
        get(devices.getDisplayMedia(new MediaStreamConstraints().withVideo(small)))
            .getTracks()
            .getFirst();
    MediaStreamTrack filmed =
        get(devices.getUserMedia(new MediaStreamConstraints().withVideo(true)))
            .getTracks()
            .getFirst();
    BlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>();
    try (VideoTrackSink one = new VideoTrackSink(shown, pictures::add);
        VideoTrackSink two = new VideoTrackSink(filmed, pictures::add)) {
      assertThat(screen.poll(30, TimeUnit.SECONDS)).isEqualTo(new VideoMode(640, 360, 10));
      assertThat(camera.poll(30, TimeUnit.SECONDS)).isEqualTo(new VideoMode(640, 480, 30));
      assertThat(one.dropped() + two.dropped()).isZero();
    }
  }

  @Test
  void devicesThatComeAndGoAreTold() throws Exception {
    Machine machine = new Machine(new Microphone(false));
    MediaDevices devices = machine.granted("app");
    BlockingQueue<DeviceChangeEvent> changes = new LinkedBlockingQueue<>();
    devices.onDeviceChange(changes::add);
    get(devices.enumerateDevices());
    machine.present.add(new Loudspeaker(new LinkedBlockingQueue<>()));
    get(devices.enumerateDevices());
    DeviceChangeEvent change = changes.poll(30, TimeUnit.SECONDS);
    assertThat(change.devices()).hasSize(2);
    assertThat(change.userInsertedDevices())
        .singleElement()
        .extracting(MediaDeviceInfo::kind)
        .isEqualTo(MediaDeviceKind.AUDIOOUTPUT);
    get(devices.enumerateDevices());
    assertThat(changes).isEmpty();
  }

  private static AudioTrackSource tone(int hz) {
    AudioTrackSource source = new AudioTrackSource(16_000, 1);
    ToneGenerator generator = new ToneGenerator(16_000);
    generator.start(4_000, hz);
    short[] pcm = new short[5 * 16_000];
    generator.fill(pcm, 0, pcm.length);
    source.push(pcm);
    return source;
  }

  @Test
  void aLoudspeakerPlaysSeveralTracksAtOnce() throws Exception {
    BlockingQueue<short[]> played = new LinkedBlockingQueue<>();
    MediaDevices devices = new Machine(new Loudspeaker(played)).mediaDevices("app");
    try (AudioTrackSource low = tone(500);
        AudioTrackSource high = tone(1_500);
        AudioPlayer player = get(devices.openSpeaker(""))) {
      player.add(low.track());
      player.add(high.track());
      boolean both = false;
      for (int round = 0; round < 100 && !both; round++) {
        Goertzel lower = new Goertzel(48_000, 500);
        Goertzel higher = new Goertzel(48_000, 1_500);
        for (int tick = 0; tick < 5; tick++) {
          short[] stereo = played.poll(30, TimeUnit.SECONDS);
          short[] left = new short[stereo.length / 2];
          for (int i = 0; i < left.length; i++) {
            left[i] = stereo[2 * i];
          }
          lower.add(left, 0, left.length);
          higher.add(left, 0, left.length);
        }
        both = lower.share() > 0.3 && higher.share() > 0.3;
      }
      assertThat(both).as("both tones in one stretch").isTrue();
    }
  }

  @Test
  void theFakeDevicesHaveALoudspeakerToo() throws Exception {
    MediaDevices fake = MediaDevices.fake();
    String id =
        granted(fake).stream()
            .filter(each -> each.kind() == MediaDeviceKind.AUDIOOUTPUT)
            .findFirst()
            .orElseThrow()
            .deviceId();
    try (AudioPlayer player = get(fake.openSpeaker(id));
        AudioTrackSource source = tone(500)) {
      player.add(source.track());
      player.remove(source.track());
    }
  }
}
