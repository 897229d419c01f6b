package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

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
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.container.MalformedMediaException;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.OggOpusWriter;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.codecs.container.WebmWriter;
import org.klatsch.codecs.container.Y4mWriter;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.media.EncodedFrame;

/// Files as the sources of tracks.
@Timeout(60)
final class MediaFileTest {
  @TempDir private Path folder;

  private static short[] tone(int rate, double hz, int seconds) {
    ToneGenerator generator = new ToneGenerator(rate);
    generator.start(8_000, hz);
    short[] pcm = new short[seconds * rate];
    generator.fill(pcm, 0, pcm.length);
    return pcm;
  }

  private Path wav(int seconds) throws Exception {
    Path file = folder.resolve("tone.wav");
    try (WavWriter writer = WavWriter.create(file, new PcmFormat(16_000, 1))) {
      writer.write(tone(16_000, 700, seconds), 0, seconds * 16_000);
    }
    return file;
  }

  private List<byte[]> opus(int seconds) {
    List<byte[]> packets = new ArrayList<>();
    short[] pcm = tone(48_000, 700, seconds);
    AudioEncoder encoder =
        Codecs.installed().audioEncoder(CodecFormat.OPUS, new PcmFormat(48_000, 1));
    byte[] payload = new byte[encoder.maxPayloadSize(960)];
    for (int at = 0; at < pcm.length; at += 960) {
      int length = encoder.encode(pcm, at, 960, payload, 0);
      packets.add(java.util.Arrays.copyOf(payload, length));
    }
    return packets;
  }

  @Test
  void aWavFileSoundsAndEnds() throws Exception {
    MediaFile file = MediaFile.open(wav(1));
    MediaStreamTrack track = file.audio();
    assertThat(file.video()).isNull();
    assertThat(track.label()).isEqualTo("tone.wav");
    assertThat(track.getSettings().sampleRate()).isEqualTo(16_000);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    track.onEnded(_ -> ended.complete(null));
    AudioCallTest.awaitTone(track.clone(), 700);
    try (AudioTrackSink sink = new AudioTrackSink(track, 16_000, 1)) {
      await(ended);
      assertThat(track.readyState()).isEqualTo(MediaStreamTrackState.ENDED);
      assertThat(sink.dropped()).isZero();
    }
  }

  @Test
  void aRepeatedFileGoesOnUntilItIsClosed() throws Exception {
    MediaFile file = MediaFile.open(wav(1), true);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    file.audio().onEnded(_ -> ended.complete(null));
    try (AudioTrackSink sink = new AudioTrackSink(file.audio(), 16_000, 1)) {
      short[] pcm = new short[16_000];
      int heard = 0;
      while (heard < 24_000) {
        heard += sink.read(pcm, 0, pcm.length);
      }
      assertThat(ended).isNotDone();
      file.close();
      await(ended);
    }
  }

  @Test
  void opusGoesIntoACallWithoutTranscoding() throws Exception {
    List<byte[]> packets = opus(3);
    Path path = folder.resolve("voice.opus");
    try (OggOpusWriter writer = OggOpusWriter.create(path, 1)) {
      for (byte[] each : packets) {
        writer.write(each, 0, each.length);
      }
    }
    try (Pair pair = new Pair();
        MediaFile file = MediaFile.open(path)) {
      BlockingQueue<EncodedFrame> received = new LinkedBlockingQueue<>();
      CompletableFuture<EncodedTrackSink> sink = new CompletableFuture<>();
      pair.b.onTrack(e -> sink.complete(new EncodedTrackSink(e.track(), received::add)));
      pair.a.addTrack(file.audio());
      pair.negotiate();
      await(sink);
      byte[] first = received.poll(20, TimeUnit.SECONDS).payload();
      int at = 0;
      while (!java.util.Arrays.equals(packets.get(at), first)) {
        at++;
      }
      for (int i = 1; i < 50; i++) {
        assertThat(received.poll(20, TimeUnit.SECONDS).payload()).isEqualTo(packets.get(at + i));
      }
    }
  }

  @Test
  void videoBeginsWithItsKeyFrameAndGoesBackToOneThatIsAskedFor() throws Exception {
    Path path = folder.resolve("film.webm");
    List<MediaTrack> tracks = List.of(MediaTrack.video(1, CodecFormat.VP8, 640, 360));
    try (WebmWriter writer = WebmWriter.create(path, tracks)) {
      for (int i = 0; i < 100; i++) {
        byte[] picture = {(byte) (i == 0 ? 0 : 1), (byte) i};
        writer.write(new MediaPacket(1, i * 40_000_000L, i == 0, picture));
      }
    }
    try (MediaFile file = MediaFile.open(path)) {
      assertThat(file.video().getSettings().width()).isEqualTo(640);
      BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
      try (EncodedTrackSink sink = new EncodedTrackSink(file.video(), frames::add)) {
        EncodedFrame first = frames.poll(20, TimeUnit.SECONDS);
        assertThat(first.payload()).containsExactly(0, 0);
        EncodedFrame last = first;
        for (int i = 1; i < 10; i++) {
          last = frames.poll(20, TimeUnit.SECONDS);
          assertThat(last.payload()).containsExactly(1, i);
          assertThat(last.rtpTimestamp() - first.rtpTimestamp()).isEqualTo(i * 3_600);
        }
        sink.requestKeyFrame();
        EncodedFrame again = frames.poll(20, TimeUnit.SECONDS);
        while (again.payload()[1] != 0) {
          last = again;
          again = frames.poll(20, TimeUnit.SECONDS);
        }
        assertThat(again.rtpTimestamp() - last.rtpTimestamp()).isBetween(0, 3_600);
        assertThat(frames.poll(20, TimeUnit.SECONDS).payload()).containsExactly(1, 1);
      }
    }
  }

  @Test
  void aY4mFileShowsItsPictures() throws Exception {
    Path path = folder.resolve("film.y4m");
    FakeVideo video = new FakeVideo(128, 96, 20);
    try (Y4mWriter writer = Y4mWriter.create(path, 128, 96, 20)) {
      for (int i = 0; i < 10; i++) {
        writer.write(video.next());
      }
    }
    try (MediaFile file = MediaFile.open(path)) {
      assertThat(file.video().getSettings().frameRate()).isEqualTo(20.0);
      BlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>();
      try (VideoTrackSink sink = new VideoTrackSink(file.video(), pictures::add)) {
        int number = FrameCounter.read(pictures.poll(20, TimeUnit.SECONDS)).orElseThrow();
        assertThat(number).isBetween(0, 9);
        assertThat(sink.dropped()).isLessThan(10);
      }
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws Exception {
    Path text = Files.writeString(folder.resolve("a.txt"), "Hello, world");
    assertThatThrownBy(() -> MediaFile.open(text))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("48 65 6c 6c");
    Path wav = Files.writeString(folder.resolve("a.wav"), "RIFF1234AVI ");
    assertThatThrownBy(() -> MediaFile.open(wav))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("AVI ");
  }
}
