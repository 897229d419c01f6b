package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.Mp4Writer;
import org.klatsch.codecs.container.OggOpusWriter;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.codecs.container.WebmWriter;
import org.klatsch.codecs.container.Y4mReader;
import org.klatsch.codecs.fake.FakeAudio;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;

/// Files of all kinds, finished and killed, as the programs ffprobe and ffmpeg see them.
@Tag("interop")
class RecordingInteropTest {
  private static final int SECONDS = 6;
  private static final int PICTURES = 30 * SECONDS;
  private static final CodecFormat AV1 = new CodecFormat("video/AV1", 90_000, 0, Map.of());

  @TempDir private Path folder;

  @BeforeAll
  static void needsFfprobe() throws Exception {
    Ffmpeg.require();
  }

  private static List<MediaPacket> call(CodecFormat videoFormat) {
    List<MediaPacket> packets = new ArrayList<>();
    FakeAudio audio = new FakeAudio(new PcmFormat(48_000, 1));
    FakeVideo video = new FakeVideo(640, 360, 30);
    AudioEncoder opus = Codecs.installed().audioEncoder(CodecFormat.OPUS, audio.format());
    VideoEncoderOptions options =
        VideoEncoderOptions.defaults().withBitrate(1_500_000).withKeyFrameInterval(60);
    byte[] payload = new byte[opus.maxPayloadSize(960)];
    try (VideoEncoder encoder = Codecs.installed().videoEncoder(videoFormat, options)) {
      int pictures = 0;
      for (int block = 0; block < SECONDS * 50; block++) {
        int length = opus.encode(audio.next(960).samples(), 0, 960, payload, 0);
        long nanos = block * 20_000_000L;
        packets.add(new MediaPacket(1, nanos, true, Arrays.copyOf(payload, length)));
        while (pictures < PICTURES && pictures * 1_000_000_000L / 30 < nanos + 20_000_000) {
          EncodedVideo coded = encoder.encode(video.next(), false);
          pictures++;
          if (coded != null) {
            packets.add(new MediaPacket(2, coded.timestampNanos(), coded.keyFrame(), coded.data()));
          }
        }
      }
    }
    return packets;
  }

  private static List<MediaTrack> tracks(CodecFormat videoFormat) {
    return List.of(
        MediaTrack.audio(1, CodecFormat.OPUS, 1), MediaTrack.video(2, videoFormat, 640, 360));
  }

  /// How many numbers of pictures can be read, in order, after ffmpeg has decoded the file.
  private int counted(Path file) throws Exception {
    Path pictures = folder.resolve("decoded.y4m");
    String said =
        Ffmpeg.run(
            List.of(
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                file.toString(),
                "-map",
                "0:v",
                "-fps_mode",
                "passthrough",
                "-pix_fmt",
                "yuv420p",
                pictures.toString()));
    assertThat(said).as("errors of ffmpeg").isEmpty();
    int count = 0;
    int last = -1;
    try (Y4mReader reader = Y4mReader.open(pictures)) {
      VideoFrame frame;
      while ((frame = reader.read()) != null) {
        int number = FrameCounter.read(frame).orElseThrow();
        assertThat(number).isGreaterThan(last);
        last = number;
        count++;
      }
    }
    return count;
  }

  private double toneShare(Path file) throws Exception {
    Path wav = folder.resolve("decoded.wav");
    Ffmpeg.run(
        List.of(
            "ffmpeg", "-v", "error", "-y", "-i", file.toString(), "-map", "0:a", wav.toString()));
    try (WavReader reader = WavReader.open(wav)) {
      short[] pcm = new short[48_000];
      assertThat(reader.read(pcm, 0, 48_000)).isEqualTo(48_000);
      Goertzel tone = new Goertzel(reader.format().rateHz(), FakeAudio.TONE_HZ);
      tone.add(pcm, 24_000, 12_000);
      return tone.share();
    }
  }

  @Test
  void webmPlays() throws Exception {
    for (CodecFormat format : List.of(CodecFormat.VP8, CodecFormat.VP9, AV1)) {
      Path file = folder.resolve(format.encodingName() + ".webm");
      Path killed = folder.resolve(format.encodingName() + "-killed.webm");
      try (WebmWriter writer = WebmWriter.create(file, tracks(format))) {
        for (MediaPacket packet : call(format)) {
          writer.write(packet);
        }
        Files.copy(file, killed);
      }
      assertThat(Ffmpeg.duration(file)).isBetween(SECONDS - 0.05, SECONDS + 0.05);
      assertThat(counted(file)).isBetween(PICTURES - 3, PICTURES);
      assertThat(toneShare(file)).isGreaterThan(0.9);
      assertThat(Ffmpeg.duration(killed)).isBetween(SECONDS - 2.1, SECONDS + 0.05);
      assertThat(counted(killed)).isGreaterThan(PICTURES - 33);
    }
  }

  @Test
  void mp4Plays() throws Exception {
    Path file = folder.resolve("a.mp4");
    Path killed = folder.resolve("killed.mp4");
    try (Mp4Writer writer = Mp4Writer.create(file, tracks(CodecFormat.H264))) {
      for (MediaPacket packet : call(CodecFormat.H264)) {
        writer.write(packet);
      }
      Files.copy(file, killed);
    }
    assertThat(Ffmpeg.duration(file)).isBetween(SECONDS - 0.1, SECONDS + 0.1);
    assertThat(counted(file)).isBetween(PICTURES - 3, PICTURES);
    assertThat(toneShare(file)).isGreaterThan(0.9);
    assertThat(counted(killed)).isGreaterThan(PICTURES - 65);
  }

  @Test
  void oggAndWavPlay() throws Exception {
    Path ogg = folder.resolve("a.opus");
    Path killedOgg = folder.resolve("killed.opus");
    try (OggOpusWriter writer = OggOpusWriter.create(ogg, 1)) {
      for (MediaPacket packet : call(CodecFormat.VP8)) {
        if (packet.track() == 1) {
          writer.write(packet.data(), 0, packet.data().length);
        }
      }
      Files.copy(ogg, killedOgg);
    }
    assertThat(Ffmpeg.duration(ogg)).isBetween(SECONDS - 0.05, SECONDS + 0.05);
    assertThat(toneShare(ogg)).isGreaterThan(0.9);
    assertThat(Ffmpeg.duration(killedOgg)).isBetween(SECONDS - 0.6, SECONDS + 0.05);

    Path wav = folder.resolve("a.wav");
    Path killedWav = folder.resolve("killed.wav");
    FakeAudio audio = new FakeAudio(new PcmFormat(48_000, 2));
    try (WavWriter writer = WavWriter.create(wav, audio.format())) {
      for (int i = 0; i < SECONDS * 50; i++) {
        writer.write(audio.next(960).samples(), 0, 960);
      }
      Files.copy(wav, killedWav);
    }
    assertThat(Ffmpeg.duration(wav)).isBetween(SECONDS - 0.01, SECONDS + 0.01);
    assertThat(Ffmpeg.duration(killedWav)).isBetween(SECONDS - 1.01, SECONDS + 0.01);
  }
}
