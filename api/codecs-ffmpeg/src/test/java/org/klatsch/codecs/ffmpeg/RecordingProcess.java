package org.klatsch.codecs.ffmpeg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.fake.FakeAudio;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.recorder.Recorder;

/// A program that records until it is killed, and prints how many milliseconds it has recorded.
final class RecordingProcess {
  private static final int RATE = 48_000;
  private static final int WIDTH = 320;
  private static final int HEIGHT = 180;

  private RecordingProcess() {}

  /// @param arguments format and file
  public static void main(String[] arguments) throws IOException {
    FileFormat format = FileFormat.valueOf(arguments[0]);
    Recorder recorder =
        new Recorder(
            format,
            Files.newByteChannel(
                Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            format.holdsVideo() ? 2 : 1);
    record(format, recorder, Integer.MAX_VALUE);
  }

  /// Records a fake call as fast as it can be encoded.
  static void record(FileFormat format, Recorder recorder, int blocks) throws IOException {
    FakeAudio audio = new FakeAudio(new PcmFormat(RATE, 1));
    FakeVideo video = new FakeVideo(WIDTH, HEIGHT, 25);
    MediaTrack sound =
        format == FileFormat.WAV
            ? MediaTrack.audio(1, new CodecFormat("audio/L16", RATE, 1, Map.of()), 1)
            : MediaTrack.audio(1, CodecFormat.OPUS, 1);
    MediaTrack pictures = MediaTrack.video(2, format.preferred(true), WIDTH, HEIGHT);
    AudioEncoder opus = Codecs.installed().audioEncoder(CodecFormat.OPUS, audio.format());
    VideoEncoderOptions options = VideoEncoderOptions.defaults().withKeyFrameInterval(75);
    byte[] payload = new byte[opus.maxPayloadSize(960)];
    try (VideoEncoder encoder = Codecs.installed().videoEncoder(format.preferred(true), options)) {
      for (int block = 0; block < blocks; block++) {
        long nanos = block * 20_000_000L;
        short[] pcm = audio.next(960).samples();
        byte[] data;
        if (format == FileFormat.WAV) {
          ByteBuffer linear = ByteBuffer.allocate(2 * pcm.length);
          linear.asShortBuffer().put(pcm);
          data = linear.array();
        } else {
          data = Arrays.copyOf(payload, opus.encode(pcm, 0, 960, payload, 0));
        }
        recorder.write(0, sound, nanos, true, data);
        if (format.holdsVideo() && block % 2 == 0) {
          EncodedVideo coded = encoder.encode(video.next(), false);
          if (coded != null) {
            recorder.write(1, pictures, nanos, coded.keyFrame(), coded.data());
          }
        }
        if (blocks == Integer.MAX_VALUE) {
          System.out.println(block * 20);
        }
      }
    }
  }
}
