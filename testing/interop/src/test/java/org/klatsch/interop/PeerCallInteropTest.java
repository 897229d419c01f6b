package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.interop.ForeignPeer.Stack;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCCodecStats;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCRtpTransceiver;

/// Calls with every other stack as offerer and as answerer, each codec in turn: tone and pictures
/// both ways beside a data channel.
@Tag("interop")
@Timeout(120)
class PeerCallInteropTest {
  private static final int OUR_HZ = 1_000;
  private static final int THEIR_HZ = 440;
  private static final int PICTURES = 25;
  private static final Map<String, CodecFormat> FORMATS =
      Map.of(
          "opus", CodecFormat.OPUS,
          "G722", CodecFormat.G722,
          "PCMU", CodecFormat.PCMU,
          "PCMA", CodecFormat.PCMA,
          "VP8", CodecFormat.VP8,
          "H264", CodecFormat.H264);

  @TempDir Path signal;

  static Stream<Arguments> stacksAndRolesAndCodecs() {
    return Stream.of(Stack.PION, Stack.LIBWEBRTC, Stack.AIORTC, Stack.WERIFT, Stack.GSTREAMER)
        .flatMap(stack -> Stream.of("offer", "answer").flatMap(role -> codecs(stack, role)));
  }

  private static Stream<Arguments> codecs(Stack stack, String role) {
    return Stream.of(
        arguments(stack, role, "opus", "VP8"),
        // This build of libwebrtc has no H.264.
        arguments(stack, role, "PCMU", stack == Stack.LIBWEBRTC ? "" : "H264"),
        arguments(stack, role, "PCMA", ""),
        arguments(stack, role, "G722", ""));
  }

  @ParameterizedTest(name = "{0} as {1}: {2} {3}")
  @MethodSource("stacksAndRolesAndCodecs")
  void talksAndShowsPicturesBothWays(Stack stack, String role, String audio, String video)
      throws Exception {
    Requirements.check(stack::command);
    boolean pictures = !video.isEmpty();
    if (stack == Stack.PION) {
      FrameFile.writeTone(signal.resolve("audio.frames"), format(audio), THEIR_HZ);
      if (pictures) {
        FrameFile.writePictures(signal.resolve("video.frames"), format(video));
      }
    }
    CompletableFuture<MediaStreamTrack> theirVoice = new CompletableFuture<>();
    CompletableFuture<Eye.Watch> theirPicture = new CompletableFuture<>();
    MediaStreamTrack pattern = Eye.pattern();
    try (EchoClient client = new EchoClient();
        AudioTrackSource voice = Ear.tone(OUR_HZ);
        ForeignPeer peer =
            ForeignPeer.start(
                stack, role, signal, "--mode", "echo", "--audio", audio, "--video", video)) {
      // Watched from the first picture on: werift passes no requests for key frames.
      client.connection.onTrack(event -> {
        if (event.track().kind().equals("audio")) {
          theirVoice.complete(event.track());
        } else {
          theirPicture.complete(
              Eye.watch(event.track(), PICTURES, stack == Stack.PION || stack == Stack.WERIFT));
        }
      });
      RTCDataChannel bulk =
          client.connect(
              peer,
              signal,
              role,
              () -> {
                client.connection.addTrack(voice.track());
                if (pictures) {
                  client.connection.addTrack(pattern);
                }
                // What both like best comes by itself, with all that repairs it.
                if (!audio.equals("opus")) {
                  for (RTCRtpTransceiver each : client.connection.getTransceivers()) {
                    boolean isAudio = each.receiver().track().kind().equals("audio");
                    each.setCodecPreferences(
                        Only.codec(isAudio ? "audio/" + audio : "video/" + video));
                  }
                }
              });
      client.awaitConnected();
      EchoClient.exchangeUnordered(bulk, 20);
      Ear.awaitTone(
          theirVoice.get(20, TimeUnit.SECONDS), stack == Stack.WERIFT ? OUR_HZ : THEIR_HZ);
      if (pictures) {
        try (Eye.Watch watch = theirPicture.get(20, TimeUnit.SECONDS)) {
          watch.await();
        }
      }
      assertThat(client.connection.getStats().get().stream(RTCCodecStats.class))
          .extracting(RTCCodecStats::mimeType)
          .anyMatch(("audio/" + audio)::equalsIgnoreCase)
          .allMatch(each ->
              each.equalsIgnoreCase("audio/" + audio) || each.equalsIgnoreCase("video/" + video));
      client.open("control", new RTCDataChannelInit()).send("exit");
      assertThat(peer.result(Duration.ofSeconds(30)).get("ok").asBoolean()).isTrue();
      if (stack == Stack.PION) {
        assertThat(FrameFile.shareOfTone(signal.resolve("audio.received"), format(audio), OUR_HZ))
            .isGreaterThan(0.9);
        if (pictures) {
          assertThat(FrameFile.numberedPictures(signal.resolve("video.received"), format(video)))
              .isGreaterThanOrEqualTo(PICTURES / 2);
        }
      }
    } finally {
      pattern.stop();
    }
  }

  private static CodecFormat format(String name) {
    return FORMATS.get(name);
  }
}
