package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Resampler;
import org.klatsch.codecs.container.WavReader;

/// The samples of a WAV file in a form that a track takes: mono or stereo, a rate of whole frames
/// in 20 ms.
final class WavFeed implements SteadySound.Feed {
  private static final int COMMON_RATE_HZ = 48_000;
  private static final int LOWEST_RATE_HZ = 8_000;
  private static final int HIGHEST_RATE_HZ = 192_000;

  private final WavReader reader;
  private final Runnable played;
  private final int fileChannels;
  private final int channels;
  private final int rateHz;
  private final @Nullable Resampler resampler;
  private final short[] block;

  private WavFeed(WavReader reader, Runnable played) {
    this.reader = reader;
    this.played = played;
    PcmFormat format = reader.format();
    fileChannels = format.channels();
    channels = fileChannels > 2 ? 1 : fileChannels;
    boolean usable =
        format.rateHz() % 50 == 0
            && format.rateHz() >= LOWEST_RATE_HZ
            && format.rateHz() <= HIGHEST_RATE_HZ;
    rateHz = usable ? format.rateHz() : COMMON_RATE_HZ;
    resampler = usable ? null : new Resampler(format.rateHz(), COMMON_RATE_HZ, channels);
    // Resampled, this makes less than 20 ms.
    int frames =
        usable ? rateHz / 50 : Math.max(1, (int) (format.rateHz() / 50L - format.rateHz() / 500L));
    block = new short[frames * fileChannels];
  }

  static WavFeed open(Path file, Runnable played) throws IOException {
    return new WavFeed(WavReader.open(file), played);
  }

  int rateHz() {
    return rateHz;
  }

  int channels() {
    return channels;
  }

  @Override
  public int next(short[] pcm) throws IOException {
    while (true) {
      int frames = reader.read(block, 0, block.length / fileChannels);
      if (frames == 0) {
        return 0;
      }
      if (fileChannels > 2) {
        mix(frames);
      }
      Resampler converter = resampler;
      if (converter == null) {
        System.arraycopy(block, 0, pcm, 0, frames * channels);
        return frames * channels;
      }
      int made = converter.resample(block, 0, frames, pcm, 0);
      if (made > 0) {
        return made * channels;
      }
    }
  }

  /// All channels into one, in place.
  private void mix(int frames) {
    for (int frame = 0; frame < frames; frame++) {
      int sum = 0;
      for (int channel = 0; channel < fileChannels; channel++) {
        sum += block[frame * fileChannels + channel];
      }
      block[frame] = (short) (sum / fileChannels);
    }
  }

  @Override
  public void done() {
    played.run();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
