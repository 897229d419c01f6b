package org.klatsch.gateway.media;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.DtmfGenerator;
import org.klatsch.codecs.audio.Resampler;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.media.RtpCodec;

/// Sound of one channel that is played to callers: music on hold, keys as tones. Encoded once for
/// each codec, so that playing it costs what relaying costs. Immutable; any thread.
public final class Announcement {
  static final int FRAME_MILLIS = 20;

  /// Longer music is cut: encoded ahead it takes memory, 10 MB in G.711.
  private static final int MAX_SECONDS = 600;

  private final short[] pcm;
  private final int rateHz;
  private final Map<String, List<byte[]>> encoded = new ConcurrentHashMap<>();

  private Announcement(short[] pcm, int rateHz) {
    this.pcm = pcm;
    this.rateHz = rateHz;
  }

  /// Reads a WAV file; several channels become one.
  public static Announcement read(Path wav) throws IOException {
    try (WavReader reader = WavReader.open(wav)) {
      PcmFormat format = reader.format();
      int channels = format.channels();
      short[] block = new short[format.rateHz() * channels];
      short[] all = new short[format.rateHz()];
      int length = 0;
      for (int frames = reader.read(block, 0, format.rateHz());
          frames > 0 && length < MAX_SECONDS * format.rateHz();
          frames = reader.read(block, 0, format.rateHz())) {
        if (all.length < length + frames) {
          all = Arrays.copyOf(all, 2 * all.length + frames);
        }
        for (int i = 0; i < frames; i++) {
          int sum = 0;
          for (int c = 0; c < channels; c++) {
            sum += block[i * channels + c];
          }
          all[length++] = (short) (sum / channels);
        }
      }
      if (length < format.frames(FRAME_MILLIS)) {
        throw new IOException(wav + " is shorter than " + FRAME_MILLIS + " ms");
      }
      return new Announcement(Arrays.copyOf(all, length), format.rateHz());
    }
  }

  /// Keys as tones in the audio, ITU-T Q.23, with silence behind.
  static Announcement keys(String keys, int toneMillis, int gapMillis) {
    int rate = 16_000;
    DtmfGenerator generator = new DtmfGenerator(rate);
    generator.send(keys, toneMillis, gapMillis);
    short[] pcm = new short[keys.length() * (toneMillis + gapMillis) * rate / 1000];
    generator.fill(pcm, 0, pcm.length);
    return new Announcement(pcm, rate);
  }

  /// The frames of 20 ms in a codec.
  List<byte[]> frames(org.klatsch.codecs.Codecs codecs, RtpCodec codec) {
    return encoded.computeIfAbsent(
        codec.mimeType() + "/" + codec.clockRateHz(), _ -> encode(codecs, codec));
  }

  private List<byte[]> encode(org.klatsch.codecs.Codecs codecs, RtpCodec codec) {
    try (AudioEncoder encoder =
        codecs.audioEncoder(Codecs.format(codec), new PcmFormat(Transcoder.rate(codec), 1))) {
      PcmFormat format = encoder.pcm();
      Resampler resampler = new Resampler(rateHz, format.rateHz(), 1);
      short[] converted = new short[resampler.maxOutput(pcm.length)];
      int length = resampler.resample(pcm, 0, pcm.length, converted, 0);
      int frame = format.frames(FRAME_MILLIS);
      List<byte[]> frames = new ArrayList<>();
      byte[] payload = new byte[encoder.maxPayloadSize(frame)];
      short[] one = new short[frame * format.channels()];
      for (int at = 0; at < length; at += frame) {
        for (int i = 0; i < one.length; i++) {
          int index = at + i / format.channels();
          one[i] = index < length ? converted[index] : 0;
        }
        int size = encoder.encode(one, 0, frame, payload, 0);
        frames.add(Arrays.copyOf(payload, size));
      }
      return List.copyOf(frames);
    }
  }
}
