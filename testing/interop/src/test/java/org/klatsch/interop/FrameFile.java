package org.klatsch.interop;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;

/// Encoded frames behind their lengths in four bytes: what peers without codecs send and write
/// down.
final class FrameFile {
  private static final int SECONDS = 4;
  private static final int MILLIS_PER_FRAME = 20;

  private FrameFile() {}

  /// Writes some seconds of a tone.
  static void writeTone(Path file, CodecFormat format, double hz) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file));
        AudioEncoder encoder = Codecs.installed().audioEncoder(format, new PcmFormat(48_000, 1))) {
      PcmFormat pcm = encoder.pcm();
      ToneGenerator generator = new ToneGenerator(pcm.rateHz());
      generator.start(8_000, hz);
      int frames = pcm.frames(MILLIS_PER_FRAME);
      short[] mono = new short[frames];
      short[] samples = new short[frames * pcm.channels()];
      byte[] payload = new byte[encoder.maxPayloadSize(frames)];
      for (int i = 0; i < SECONDS * 1_000 / MILLIS_PER_FRAME; i++) {
        generator.fill(mono, 0, frames);
        for (int j = 0; j < samples.length; j++) {
          samples[j] = mono[j / pcm.channels()];
        }
        int length = encoder.encode(samples, 0, frames, payload, 0);
        out.writeInt(length);
        out.write(payload, 0, length);
      }
    }
  }

  /// Writes some seconds of numbered pictures, a key frame first and in every second.
  static void writePictures(Path file, CodecFormat format) throws IOException {
    VideoEncoderOptions options =
        VideoEncoderOptions.defaults()
            .withBitrate(300_000)
            .withFrameRate(Eye.FRAMES_PER_SECOND)
            .withKeyFrameInterval(Eye.FRAMES_PER_SECOND);
    FakeVideo video = new FakeVideo(Eye.WIDTH, Eye.HEIGHT, Eye.FRAMES_PER_SECOND);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file));
        VideoEncoder encoder = Codecs.installed().videoEncoder(format, options)) {
      for (int i = 0; i < SECONDS * Eye.FRAMES_PER_SECOND; i++) {
        EncodedVideo frame = encoder.encode(video.next(), i == 0);
        if (frame != null) {
          out.writeInt(frame.data().length);
          out.write(frame.data());
        }
      }
    }
  }

  private static List<byte[]> read(Path file) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      while (in.available() > 0) {
        frames.add(in.readNBytes(in.readInt()));
      }
    }
    return frames;
  }

  /// The largest share that a tone has in a quarter of a second.
  static double shareOfTone(Path file, CodecFormat format, double hz) throws IOException {
    double best = 0;
    try (AudioDecoder decoder = Codecs.installed().audioDecoder(format, new PcmFormat(48_000, 1))) {
      PcmFormat pcm = decoder.pcm();
      short[] samples = new short[decoder.maxFrames() * pcm.channels()];
      Goertzel goertzel = new Goertzel(pcm.rateHz(), hz);
      for (byte[] payload : read(file)) {
        int frames = decoder.decode(payload, 0, payload.length, samples, 0);
        for (int i = 0; i < frames; i++) {
          samples[i] = samples[i * pcm.channels()];
        }
        goertzel.add(samples, 0, frames);
        if (goertzel.samples() >= pcm.rateHz() / 4) {
          best = Math.max(best, goertzel.power() > 10_000 ? goertzel.share() : 0);
          goertzel.reset();
        }
      }
    }
    return best;
  }

  /// How many pictures can be decoded and show their number, each greater than the one before.
  static int numberedPictures(Path file, CodecFormat format) throws IOException {
    int[] numbers = new int[0];
    try (VideoDecoder decoder = Codecs.installed().videoDecoder(format)) {
      for (byte[] frame : read(file)) {
        VideoFrame picture = decoder.decode(frame, 0, frame.length, 0);
        OptionalInt number = picture == null ? OptionalInt.empty() : FrameCounter.read(picture);
        if (number.isPresent()
            && (numbers.length == 0 || number.getAsInt() > numbers[numbers.length - 1])) {
          numbers = Arrays.copyOf(numbers, numbers.length + 1);
          numbers[numbers.length - 1] = number.getAsInt();
        }
      }
    }
    return numbers.length;
  }
}
