package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaReader;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.WebmReader;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// W3C MediaStream Recording.
@Timeout(60)
final class MediaRecorderTest {
  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);
  private static final RtpCodec OPUS = RtpCodec.of("audio/opus", 111, 48_000, 2);

  @TempDir private Path folder;

  private interface Attempt {
    void run() throws Exception;
  }

  private static void fails(String name, Attempt action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  private static BlockingQueue<String> log(MediaRecorder recorder, ByteArrayOutputStream data) {
    BlockingQueue<String> log = new LinkedBlockingQueue<>();
    for (String type : List.of("start", "pause", "resume", "stop")) {
      recorder.addEventListener(type, (Event e) -> log.add(e.type()));
    }
    recorder.onDataAvailable(e -> {
      data.writeBytes(e.data());
      log.add("data");
    });
    recorder.onError(e -> log.add("error " + e.message()));
    return log;
  }

  private static String next(BlockingQueue<String> log) throws InterruptedException {
    return log.poll(20, TimeUnit.SECONDS);
  }

  private static List<MediaPacket> readAll(MediaReader reader) throws IOException {
    List<MediaPacket> packets = new ArrayList<>();
    try (reader) {
      for (MediaPacket each = reader.read(); each != null; each = reader.read()) {
        packets.add(each);
      }
    }
    return packets;
  }

  private static InputStream in(ByteArrayOutputStream bytes) {
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static byte[] keyFrame() {
    return java.util.HexFormat.of().parseHex("1002009d012a800268010000");
  }

  @Test
  void firesTheEventsOfTheW3cInTheirOrder() throws Exception {
    try (AudioTrackSource source = AudioCallTest.tone(440)) {
      MediaRecorder recorder = new MediaRecorder(new MediaStream(List.of(source.track())));
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      BlockingQueue<String> log = log(recorder, data);
      assertThat(recorder.state()).isEqualTo(RecordingState.INACTIVE);
      recorder.stop();
      fails("InvalidStateError", recorder::pause);
      fails("InvalidStateError", recorder::resume);
      fails("InvalidStateError", recorder::requestData);

      recorder.start();
      fails("InvalidStateError", recorder::start);
      assertThat(recorder.state()).isEqualTo(RecordingState.RECORDING);
      assertThat(recorder.mimeType()).isEqualTo("audio/webm");
      assertThat(next(log)).isEqualTo("start");
      recorder.pause();
      recorder.pause();
      assertThat(recorder.state()).isEqualTo(RecordingState.PAUSED);
      assertThat(next(log)).isEqualTo("pause");
      recorder.resume();
      assertThat(next(log)).isEqualTo("resume");
      recorder.requestData();
      assertThat(next(log)).isEqualTo("data");
      recorder.stop();
      assertThat(recorder.state()).isEqualTo(RecordingState.INACTIVE);
      assertThat(next(log)).isEqualTo("data");
      assertThat(next(log)).isEqualTo("stop");
      assertThat(source.track().readyState()).isEqualTo(MediaStreamTrackState.LIVE);

      // The same recorder again, until its track ends.
      data.reset();
      recorder.start(40);
      assertThat(next(log)).isEqualTo("start");
      while (data.size() < 3_000) {
        assertThat(next(log)).isEqualTo("data");
      }
      source.track().stop();
      String last = next(log);
      while (last.equals("data")) {
        last = next(log);
      }
      assertThat(last).isEqualTo("stop");
      assertThat(recorder.state()).isEqualTo(RecordingState.INACTIVE);
      assertThat(readAll(new WebmReader(in(data))).size()).isGreaterThan(5);
      fails("NotSupportedError", recorder::start);
    }
  }

  @Test
  void knowsWhatItCanWrite() throws Exception {
    for (String type :
        List.of(
            "",
            "audio/webm",
            "video/webm",
            "video/webm;codecs=vp8",
            "video/webm; codecs=\"vp09.00.10.08, opus\"",
            "video/mp4;codecs=avc1.42E01E,opus",
            "audio/mp4;codecs=opus",
            "audio/ogg;codecs=opus",
            "audio/wav;codecs=1")) {
      assertThat(MediaRecorder.isTypeSupported(type)).as(type).isTrue();
    }
    for (String type :
        List.of("video/ogg", "video/webm;codecs=avc1", "audio/webm;codecs=vp8", "text/plain")) {
      assertThat(MediaRecorder.isTypeSupported(type)).as(type).isFalse();
      fails(
          "NotSupportedError",
          () ->
              new MediaRecorder(new MediaStream(), new MediaRecorderOptions().withMimeType(type)));
    }
    try (VideoTrackSource pictures = new VideoTrackSource()) {
      MediaStream stream = new MediaStream(List.of(pictures.track()));
      MediaRecorder sound =
          new MediaRecorder(stream, new MediaRecorderOptions().withMimeType("audio/webm"));
      fails("NotSupportedError", sound::start);
      // No encoder is installed beside this module.
      fails("NotSupportedError", () -> new MediaRecorder(stream).start());
      fails("NotSupportedError", () -> MediaRecorder.toFile(stream, folder.resolve("a.avi")));
    }
    MediaRecorder recorder =
        new MediaRecorder(
            new MediaStream(), new MediaRecorderOptions().withBitsPerSecond(1_000_000));
    assertThat(recorder.audioBitsPerSecond()).isEqualTo(100_000);
    assertThat(recorder.videoBitsPerSecond()).isEqualTo(900_000);
    assertThat(recorder.audioBitrateMode()).isEqualTo(BitrateMode.VARIABLE);
    fails("NotSupportedError", recorder::start);
  }

  @Test
  void encodedFramesAreStoredAsTheyAre() throws Exception {
    try (EncodedTrackSource voice = new EncodedTrackSource("audio");
        EncodedTrackSource pictures = new EncodedTrackSource("video")) {
      MediaStream stream = new MediaStream(List.of(voice.track(), pictures.track()));
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      pictures.onKeyFrameRequested(() -> asked.complete(true));
      Path file = folder.resolve("call.webm");
      MediaRecorder recorder = MediaRecorder.toFile(stream, file);
      BlockingQueue<String> log = log(recorder, new ByteArrayOutputStream());
      recorder.start();
      assertThat(asked.get(20, TimeUnit.SECONDS)).isTrue();
      // Two packets of audio have changed places on the way.
      for (int i : new int[] {0, 1, 3, 2, 4, 5, 6, 7, 8, 9}) {
        voice.push(EncodedAudioFrame.of(OPUS, new byte[] {(byte) 0xf8, (byte) i}, i * 960, 960, 0));
        boolean key = i == 0;
        byte[] picture = key ? keyFrame() : new byte[] {1, (byte) i};
        pictures.push(EncodedVideoFrame.of(VP8, picture, i * 1_800, key, 0));
      }
      recorder.stop();
      assertThat(next(log)).isEqualTo("start");
      assertThat(next(log)).isEqualTo("stop");
      WebmReader reader = WebmReader.open(file);
      assertThat(reader.tracks())
          .extracting(each -> each.width())
          .containsExactlyInAnyOrder(0, 640);
      List<MediaPacket> packets = readAll(reader);
      List<MediaPacket> sounds = packets.stream().filter(each -> each.track() == 1).toList();
      List<MediaPacket> images = packets.stream().filter(each -> each.track() == 2).toList();
      assertThat(sounds)
          .extracting(each -> (int) each.data()[1])
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(images).hasSize(10);
      assertThat(images.getFirst().data()).isEqualTo(keyFrame());
      for (int i = 1; i < 10; i++) {
        assertThat(sounds.get(i).timestampNanos())
            .isGreaterThanOrEqualTo(sounds.get(i - 1).timestampNanos());
      }
    }
  }

  @Test
  void aTrackThatChangesItsCodecIsEncodedFromThenOn() throws Exception {
    try (EncodedTrackSource voice = new EncodedTrackSource("audio")) {
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      MediaRecorder recorder = new MediaRecorder(new MediaStream(List.of(voice.track())));
      BlockingQueue<String> log = log(recorder, data);
      recorder.start();
      voice.push(EncodedAudioFrame.of(OPUS, new byte[] {(byte) 0xf8, 1}, 0, 960, 0));
      voice.push(
          EncodedAudioFrame.of(RtpCodec.of("audio/PCMU", 0, 8_000, 1), new byte[160], 0, 160, 0));
      recorder.stop();
      assertThat(next(log)).isEqualTo("start");
      assertThat(next(log)).isEqualTo("data");
      assertThat(readAll(new WebmReader(in(data)))).hasSize(1);
    }
  }

  /// What `b` received is in the file, whether it passed the jitter buffer or not.
  @Test
  void recordsACallToOggAndToWav() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = AudioCallTest.tone(440)) {
      CompletableFuture<RTCTrackEvent> incoming = AudioCallTest.nextTrack(pair.b);
      pair.a.addTrack(voice.track());
      pair.negotiate();
      MediaStreamTrack track = await(incoming).track();
      AudioCallTest.awaitTone(track, 440);
      MediaStream stream = new MediaStream(List.of(track));
      Path ogg = folder.resolve("call.opus");
      Path wav = folder.resolve("call.wav");
      List<MediaRecorder> recorders =
          List.of(MediaRecorder.toFile(stream, ogg), MediaRecorder.toFile(stream, wav));
      List<CompletableFuture<Void>> stopped = new ArrayList<>();
      for (MediaRecorder each : recorders) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        each.onStop(_ -> over.complete(null));
        stopped.add(over);
        each.start();
      }
      while (Files.size(wav) < 44 + 2 * 48_000) {
        AudioCallTest.awaitTone(track, 440);
      }
      recorders.forEach(MediaRecorder::stop);
      stopped.forEach(Pair::await);
      try (WavReader reader = WavReader.open(wav)) {
        short[] pcm = new short[48_000];
        assertThat(reader.read(pcm, 0, 48_000)).isEqualTo(48_000);
        assertThat(share(pcm, 440)).isGreaterThan(0.9);
      }
      List<MediaPacket> packets = readAll(MediaReader.open(ogg));
      assertThat(packets.size()).isGreaterThan(40);
      try (MediaFile file = MediaFile.open(ogg)) {
        AudioCallTest.awaitTone(file.audio(), 440);
      }
    }
  }

  private static double share(short[] pcm, double hz) {
    Goertzel goertzel = new Goertzel(48_000, hz);
    goertzel.add(pcm, pcm.length / 2, pcm.length / 4);
    return goertzel.share();
  }
}
