package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.Mp4Writer;
import org.klatsch.codecs.container.WebmWriter;
import org.klatsch.codecs.container.Y4mReader;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.MediaDevices;
import org.klatsch.webrtc.MediaStreamConstraints;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.MediaTrackConstraintSet;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCTrackEvent;
import tools.jackson.databind.JsonNode;

/// Coded video between browsers and this library: each side shows numbered pictures, each reads the
/// numbers of the other.
@Tag("interop")
@Timeout(120)
class VideoInteropTest {
  /// One browser for all tests.
  private static @Nullable Browser chromium;

  @TempDir private Path folder;

  @BeforeAll
  static void startChromium() throws Exception {
    Requirements.browser("chromium");
    chromium = Browser.start("chromium");
  }

  @AfterAll
  static void stopChromium() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<RTCTrackEvent> nextTrack(EchoClient client) {
    CompletableFuture<RTCTrackEvent> event = new CompletableFuture<>();
    client.connection.onTrack(event::complete);
    return event;
  }

  /// A camera with a moving pattern and a number in each picture.
  private static MediaStreamTrack camera(int width, int height) throws Exception {
    MediaTrackConstraintSet wish =
        new MediaTrackConstraintSet().withWidth(width).withHeight(height).withFrameRate(30);
    return await(MediaDevices.fake().getUserMedia(new MediaStreamConstraints().withVideo(wish)))
        .getVideoTracks()
        .getFirst();
  }

  private static void sendOnly(EchoClient client, MediaStreamTrack track, String codec) {
    client.connection.addTrack(track);
    client.connection.getTransceivers().getFirst().setCodecPreferences(Only.codec(codec));
  }

  /// Waits until the page shows video and reads its numbers.
  private static void watch(CallPage page) {
    page.waitUntil("window.videoElement && videoElement.videoWidth > 0");
    page.evaluate("watch()");
  }

  private static void start(CallPage page, String setUp) {
    page.start("");
    page.evaluate(CounterScript.SCRIPT);
    page.evaluate("(async () => { " + setUp + " })()");
  }

  private static void measure(String what, CounterWatch watch, CallPage page) throws Exception {
    CompletableFuture<Double> ours = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        ours.complete(watch.rate(3_000));
      } catch (InterruptedException e) {
        ours.completeExceptionally(e);
      }
    });
    JsonNode theirs = page.evaluate("rate(3000)");
    System.out.printf(
        "%s: pictures with new numbers a second: %.1f at the browser, %.1f here%n",
        what, theirs.get("pictures").asDouble(), await(ours));
    // Far below what an idle machine shows, 30 a second both ways.
    assertThat(theirs.get("pictures").asDouble()).isGreaterThan(3);
    assertThat(ours.join()).isGreaterThan(3);
    assertThat(theirs.get("back").asInt()).isZero();
  }

  /// @param role of the page
  @ParameterizedTest
  @CsvSource({
    "video/VP8, offer",
    "video/VP8, answer",
    "video/H264, offer",
    "video/VP9, answer",
    "video/AV1, offer"
  })
  void seesEachCodecBothWays(String codec, String role) throws Exception {
    MediaStreamTrack camera = camera(640, 360);
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(chromium, client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(page, "peer.addTrack(counted(640, 360))");
      if (role.equals("offer")) {
        page.pageOffers(() -> sendOnly(client, camera, codec));
      } else {
        sendOnly(client, camera, codec);
        page.pageAnswers("");
      }
      client.awaitConnected();
      try (CounterWatch watch = new CounterWatch(await(incoming).track())) {
        watch.awaitRising(10);
        watch(page);
        page.waitUntil("rising(10)");
        assertThat(page.evaluate("codecOf('inbound-rtp', 'video')").asString())
            .isEqualToIgnoringCase(codec);
        assertThat(page.evaluate("codecOf('outbound-rtp', 'video')").asString())
            .isEqualToIgnoringCase(codec);
        measure(codec + " " + role, watch, page);
      }
    } finally {
      camera.stop();
    }
  }

  @Test
  void holdsAVideoCallAndResumes() throws Exception {
    MediaStreamTrack camera = camera(640, 360);
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(chromium, client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(page, "peer.addTrack(counted(640, 360))");
      page.pageOffers(() -> client.connection.addTrack(camera));
      client.awaitConnected();
      MediaStreamTrack remote = await(incoming).track();
      RTCRtpTransceiver transceiver = client.connection.getTransceivers().getFirst();
      try (CounterWatch watch = new CounterWatch(remote)) {
        watch.awaitRising(5);
        watch(page);
        page.waitUntil("rising(5)");
        CompletableFuture<Boolean> muted = new CompletableFuture<>();
        remote.onMute(_ -> muted.complete(true));
        transceiver.direction(RTCRtpTransceiverDirection.INACTIVE);
        page.pageAnswers("");
        assertThat(await(muted)).isTrue();
        page.waitUntil("tracks[0].muted");
        transceiver.direction(RTCRtpTransceiverDirection.SENDRECV);
        page.pageAnswers("peer.getTransceivers()[0].direction = 'sendrecv'");
        watch.awaitRising(5);
        // The track comes again, and has an element of its own.
        page.waitUntil("tracks.length === 2 && !tracks[1].muted");
        watch(page);
        page.waitUntil("rising(5)");
      }
    } finally {
      camera.stop();
    }
  }

  @Test
  void changesAVideoCallUnderWay() throws Exception {
    MediaStreamTrack camera = camera(640, 360);
    MediaStreamTrack other = camera(320, 180);
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(chromium, client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(page, "window.track = counted(640, 360); window.sender = peer.addTrack(track)");
      page.pageOffers(() -> client.connection.addTrack(camera));
      client.awaitConnected();
      MediaStreamTrack remote = await(incoming).track();
      RTCRtpTransceiver transceiver = client.connection.getTransceivers().getFirst();
      try (CounterWatch watch = new CounterWatch(remote)) {
        watch.awaitRising(5);
        watch(page);
        page.waitUntil("rising(5)");

        // Mute on both sides.
        camera.enabled(false);
        page.waitUntil("black()");
        camera.enabled(true);
        page.evaluate("watch()");
        page.waitUntil("rising(5)");
        page.evaluate("track.enabled = false");
        watch.awaitBlack();
        page.evaluate("track.enabled = true");
        watch.awaitRising(5);

        // Another track, of another size, without negotiation, on both sides.
        await(transceiver.sender().replaceTrack(other));
        page.waitUntil("videoElement.videoWidth === 320");
        page.evaluate("watch()");
        page.waitUntil("rising(5)");
        watch.restart();
        page.evaluate("sender.replaceTrack(counted(320, 180))");
        watch.awaitWidth(320);
        watch.restart();
        watch.awaitRising(5);

        // Other candidates while the call goes on.
        client.connection.restartIce();
        page.pageAnswers("");
        page.evaluate("watch()");
        page.waitUntil("rising(30)");
        watch.awaitRising(30);
      }
    } finally {
      camera.stop();
      other.stop();
    }
  }

  @Test
  void takesASimulcastOfChromium() throws Exception {
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(chromium, client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(
          page,
          """
          peer.addTransceiver(counted(960, 540), {direction: 'sendonly', sendEncodings: [
            {rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 100000},
            {rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 250000},
            {rid: 'f', maxBitrate: 600000}]})
          """);
      page.pageOffers(() -> {});
      client.awaitConnected();
      try (CounterWatch watch = new CounterWatch(await(incoming).track())) {
        watch.awaitWidth(960);
        List<RTCInboundRtpStreamStats> streams =
            await(client.connection.getStats()).stream(RTCInboundRtpStreamStats.class).toList();
        assertThat(streams).hasSize(3).allMatch(each -> each.framesReceived() > 0);
      }
    }
  }

  private static String run(String... command) throws Exception {
    Path output = Files.createTempFile("klatsch", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } finally {
      Files.delete(output);
    }
  }

  /// Writes the frames that come as they are.
  private interface FrameWriter extends AutoCloseable {
    void write(MediaPacket packet) throws IOException;

    @Override
    void close() throws IOException;
  }

  private static FrameWriter writer(Path file, CodecFormat format) throws IOException {
    List<MediaTrack> tracks = List.of(MediaTrack.video(1, format, 640, 360));
    if (format.isSameCodec(CodecFormat.H264)) {
      Mp4Writer mp4 = Mp4Writer.create(file, tracks);
      return new FrameWriter() {
        @Override
        public void write(MediaPacket packet) throws IOException {
          mp4.write(packet);
        }

        @Override
        public void close() throws IOException {
          mp4.close();
        }
      };
    }
    WebmWriter webm = WebmWriter.create(file, tracks);
    return new FrameWriter() {
      @Override
      public void write(MediaPacket packet) throws IOException {
        webm.write(packet);
      }

      @Override
      public void close() throws IOException {
        webm.close();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"video/VP8, call.webm", "video/H264, call.mp4", "video/AV1, call.webm"})
  void recordsWhatChromiumSendsWithoutCodingIt(String codec, String name) throws Exception {
    Requirements.check(() -> Programs.require("ffprobe"));
    int pictures = 120;
    Path file = folder.resolve(name);
    long[] span = {-1, 0};
    try (EchoClient client = new EchoClient();
        CallPage page = new CallPage(chromium, client);
        FrameWriter writer = writer(file, new CodecFormat(codec, 90_000, 0, java.util.Map.of()))) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(page, "peer.addTrack(counted(640, 360))");
      page.pageOffers(() ->
          client.connection.getTransceivers().getFirst().setCodecPreferences(Only.codec(codec)));
      client.awaitConnected();
      CountDownLatch enough = new CountDownLatch(pictures);
      int[] first = new int[1];
      try (EncodedTrackSink sink =
          new EncodedTrackSink(
              await(incoming).track(),
              frame -> {
                if (enough.getCount() > 0) {
                  write(writer, frame, first, span);
                  enough.countDown();
                }
              })) {
        sink.requestKeyFrame();
        assertThat(enough.await(40, TimeUnit.SECONDS)).isTrue();
        assertThat(sink.dropped()).isZero();
      }
    }
    double seconds = span[1] / 1e9;
    String duration =
        run(
                "ffprobe",
                "-v",
                "error",
                "-show_entries",
                "format=duration",
                "-of",
                "csv=p=0",
                file.toString())
            .strip();
    assertThat(Double.parseDouble(duration)).isBetween(seconds - 0.1, seconds + 0.3);
    assertThat(numbers(file)).isGreaterThan(pictures * 3 / 4);
  }

  private static void write(FrameWriter writer, EncodedFrame frame, int[] first, long[] span) {
    EncodedVideoFrame video = (EncodedVideoFrame) frame;
    if (span[0] < 0) {
      if (!video.keyFrame()) {
        return;
      }
      span[0] = 0;
      first[0] = video.rtpTimestamp();
    }
    span[1] = Integer.toUnsignedLong(video.rtpTimestamp() - first[0]) * 1_000_000 / 90;
    try {
      writer.write(new MediaPacket(1, span[1], video.keyFrame(), video.payload()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// How many pictures of a file have a number that can be read, none of them going back.
  private int numbers(Path file) throws Exception {
    Path pictures = folder.resolve("decoded.y4m");
    String said =
        run(
            "ffmpeg",
            "-v",
            "error",
            "-y",
            "-i",
            file.toString(),
            "-fps_mode",
            "passthrough",
            "-pix_fmt",
            "yuv420p",
            pictures.toString());
    assertThat(said).as("errors of ffmpeg").isEmpty();
    int count = 0;
    int last = -1;
    try (Y4mReader reader = Y4mReader.open(pictures)) {
      VideoFrame frame;
      while ((frame = reader.read()) != null) {
        int number = FrameCounter.read(frame).orElse(last);
        assertThat(number).isGreaterThanOrEqualTo(last);
        count += number > last ? 1 : 0;
        last = number;
      }
    }
    return count;
  }

  @Test
  void seesFirefoxAndIsSeenByIt() throws Exception {
    Requirements.browser("firefox");
    MediaStreamTrack camera = camera(640, 360);
    try (Browser firefox = Browser.start("firefox");
        EchoClient client = new EchoClient();
        CallPage page = new CallPage(firefox, client)) {
      CompletableFuture<RTCTrackEvent> incoming = nextTrack(client);
      start(page, "peer.addTrack(counted(640, 360))");
      page.pageOffers(() -> sendOnly(client, camera, "video/VP8"));
      client.awaitConnected();
      try (CounterWatch watch = new CounterWatch(await(incoming).track())) {
        watch.awaitRising(10);
        watch(page);
        page.waitUntil("rising(10)");
        measure("Firefox, video/VP8", watch, page);
      }
    } finally {
      camera.stop();
    }
  }
}
