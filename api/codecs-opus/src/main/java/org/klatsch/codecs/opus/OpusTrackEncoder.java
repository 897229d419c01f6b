package org.klatsch.codecs.opus;

import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.PcmFormat;

/// One track's Opus encoder, set up from the receiver's format parameters, RFC 7587 §6.1.
final class OpusTrackEncoder implements AudioEncoder {
  /// The longest packet of one frame, RFC 6716 §3.4 R2; longer packets hold several frames.
  private static final int MAX_FRAME_SIZE = 1_275;

  /// RFC 7587 §3.1.1: 6 to 510 kbit/s.
  private static final int MIN_BITRATE = 6_000;

  private static final int MAX_BITRATE = 510_000;

  /// What browsers send speech with: transparent at full band, and an estimator has room below it.
  private static final int DEFAULT_BITRATE = 32_000;

  /// With music in two channels, RFC 7587 §3.1.1 recommends 64 to 128.
  private static final int DEFAULT_STEREO_BITRATE = 64_000;

  /// Half of the scale: within a tenth of the best quality at two thirds of its cost.
  private static final int DEFAULT_COMPLEXITY = 5;

  private final PcmFormat pcm;
  private final OpusLibrary.Encoder encoder;
  private final int highestBitrate;
  private boolean dtx;

  OpusTrackEncoder(OpusLibrary library, CodecFormat format, PcmFormat pcm) {
    this.pcm = pcm;
    boolean stereo = format.parameter("stereo", 0) == 1 && pcm.channels() == 2;
    encoder = library.encoder(pcm.rateHz(), pcm.channels(), stereo);
    if (!stereo && pcm.channels() == 2) {
      // RFC 7587 §7.1: a receiver that did not ask for stereo prefers mono.
      encoder.forceMono();
    }
    highestBitrate =
        Math.clamp(format.parameter("maxaveragebitrate", MAX_BITRATE), MIN_BITRATE, MAX_BITRATE);
    encoder.variableBitrate(format.parameter("cbr", 0) != 1);
    // RFC 7587 §6.1: sending more than the receiver can play is waste.
    encoder.maxRate(format.parameter("maxplaybackrate", 48_000));
    encoder.complexity(DEFAULT_COMPLEXITY);
    bitrate(stereo ? DEFAULT_STEREO_BITRATE : DEFAULT_BITRATE);
    inbandFec(format.parameter("useinbandfec", 0) == 1);
    dtx(format.parameter("usedtx", 0) == 1);
  }

  @Override
  public PcmFormat pcm() {
    return pcm;
  }

  @Override
  public int encode(short[] samples, int offset, int frames, byte[] out, int outOffset) {
    // 2.5, 5, 10, 20, 40 and 60 ms, RFC 6716 §2.1.4.
    int units = (int) (frames * 400L / pcm.rateHz());
    boolean whole = (long) units * pcm.rateHz() == frames * 400L;
    if (!whole || !(Integer.bitCount(units) == 1 && units <= 16 || units == 24)) {
      throw new IllegalArgumentException(
          "%d frames at %d Hz: expected 2.5, 5, 10, 20, 40 or 60 ms"
              .formatted(frames, pcm.rateHz()));
    }
    int room = Math.min(out.length - outOffset, maxPayloadSize(frames));
    int length = encoder.encode(samples, offset, frames, out, outOffset, room);
    // RFC 7587 §3.1.3: during silence nothing is transmitted; a packet of one or two bytes only
    // says so.
    return dtx && length <= 2 ? 0 : length;
  }

  @Override
  public int maxPayloadSize(int frames) {
    return frames * 50 <= pcm.rateHz() ? MAX_FRAME_SIZE : 3 * MAX_FRAME_SIZE + 4;
  }

  @Override
  public void bitrate(int bitsPerSecond) {
    encoder.bitrate(Math.clamp(bitsPerSecond, MIN_BITRATE, highestBitrate));
  }

  @Override
  public void complexity(int complexity) {
    encoder.complexity(Math.clamp(complexity, 0, 10));
  }

  @Override
  public void inbandFec(boolean on) {
    encoder.inbandFec(on);
  }

  @Override
  public void dtx(boolean on) {
    dtx = on;
    encoder.dtx(on);
  }

  @Override
  public void expectedLoss(double share) {
    encoder.lossPercent((int) Math.round(Math.clamp(share, 0.0, 1.0) * 100));
  }
}
