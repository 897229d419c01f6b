package org.klatsch.codecs.opus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Resampler;

/// One track's Opus decoder. What the library cannot decode becomes concealment and a count.
final class OpusTrackDecoder implements AudioDecoder {
  private static final int FULL_RATE = 48_000;
  private static final int BRIDGE_MILLIS = 10;
  private static final short[] NONE = {};

  private final OpusLibrary library;
  private final PcmFormat pcm;
  private final int maxFrames;

  /// The state of the library's decoder: replaced when it failed, as it may be inconsistent then.
  private OpusLibrary.Decoder decoder;

  /// Brings what is decoded at the full rate to that of [#pcm]; null while they are the same, or
  /// the library can decode what came at that rate.
  private @Nullable Resampler resampler;

  private short[] full = NONE;

  /// How the former decoder would have gone on, to fade from when another takes over.
  private short[] bridge = NONE;

  private int lastFrames;
  private long damaged;

  /// @param pcm with one of the codec's five rates
  OpusTrackDecoder(OpusLibrary library, PcmFormat pcm) {
    this.library = library;
    this.pcm = pcm;
    // RFC 6716 §3.4 R5: a packet holds at most 120 ms.
    maxFrames = pcm.frames(120);
    lastFrames = pcm.frames(20);
    decoder = library.decoder(pcm.rateHz(), pcm.channels());
  }

  @Override
  public PcmFormat pcm() {
    return pcm;
  }

  @Override
  public int decode(byte[] payload, int offset, int length, short[] out, int outOffset) {
    int expected = frames(payload, offset, length);
    if (expected > 0) {
      prepare(payload[offset]);
      int frames = decode(payload, offset, length, out, outOffset, expected, false);
      if (frames == expected) {
        lastFrames = frames;
        fade(out, outOffset, frames);
        return frames;
      }
    }
    damaged++;
    return conceal(lastFrames, out, outOffset);
  }

  /// A stream that goes beyond SILK is decoded at the full rate from then on, if the library needs
  /// that: changing back and forth would be heard.
  private void prepare(int toc) {
    if (resampler == null
        && pcm.rateHz() != FULL_RATE
        && !library.decodesAllAtEveryRate()
        && !OpusPacket.isSilk(toc)) {
      bridge = new short[pcm.frames(BRIDGE_MILLIS) * pcm.channels()];
      decode(null, 0, 0, bridge, 0, pcm.frames(BRIDGE_MILLIS), false);
      resampler = new Resampler(FULL_RATE, pcm.rateHz(), pcm.channels());
      full = new short[FULL_RATE / 1_000 * 120 * pcm.channels()];
      decoder = library.decoder(FULL_RATE, pcm.channels());
    }
  }

  private void fade(short[] out, int outOffset, int frames) {
    int count = Math.min(bridge.length, frames * pcm.channels());
    for (int i = 0; i < count; i++) {
      float in = (float) i / count;
      out[outOffset + i] = (short) (out[outOffset + i] * in + bridge[i] * (1 - in));
    }
    bridge = NONE;
  }

  @Override
  public int conceal(int frames, short[] out, int outOffset) {
    // The decoder conceals in units of 2.5 ms.
    int unit = pcm.rateHz() / 400;
    int count = Math.clamp(frames / unit, 1, maxFrames / unit) * unit;
    int concealed = decode(null, 0, 0, out, outOffset, count, false);
    if (concealed != count) {
      Arrays.fill(out, outOffset, outOffset + count * pcm.channels(), (short) 0);
    }
    return count;
  }

  @Override
  public int decodeFec(
      byte[] nextPayload, int offset, int length, int frames, short[] out, int outOffset) {
    if (!hasFec(nextPayload, offset, length) || frames <= 0) {
      return 0;
    }
    int unit = pcm.rateHz() / 400;
    int count = Math.clamp(frames / unit, 1, maxFrames / unit) * unit;
    prepare(nextPayload[offset]);
    int restored = decode(nextPayload, offset, length, out, outOffset, count, true);
    return restored == count ? count : 0;
  }

  @Override
  public boolean hasFec(byte[] payload, int offset, int length) {
    return OpusPacket.hasFec(payload, offset, length);
  }

  @Override
  public int frames(byte[] payload, int offset, int length) {
    return OpusPacket.frames(payload, offset, length, pcm.rateHz());
  }

  @Override
  public int maxFrames() {
    return maxFrames;
  }

  @Override
  public long damagedPayloads() {
    return damaged;
  }

  /// @return frames written, negative when the library failed
  private int decode(
      byte @Nullable [] payload,
      int offset,
      int length,
      short[] out,
      int outOffset,
      int frames,
      boolean fec) {
    Resampler down = resampler;
    if (down == null) {
      int made = decoder.decode(payload, offset, length, out, outOffset, frames, fec);
      if (made < 0) {
        decoder = library.decoder(pcm.rateHz(), pcm.channels());
      }
      return made;
    }
    int made = frames * (FULL_RATE / pcm.rateHz());
    made = decoder.decode(payload, offset, length, full, 0, made, fec);
    if (made < 0) {
      decoder = library.decoder(FULL_RATE, pcm.channels());
      return made;
    }
    return down.resample(full, 0, made, out, outOffset);
  }
}
