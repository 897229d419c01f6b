package org.klatsch.gateway.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Resampler;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;

/// Makes frames of one codec out of those of another. It keeps the timeline: what was lost on the
/// way to us is concealed while it is short, else left out, so that delay never grows. There is no
/// jitter buffer here, the far end has one.
///
/// One thread at a time.
final class Transcoder implements AutoCloseable {
  /// What every codec here can pack.
  private static final int FRAME_MILLIS = 20;

  /// More than this is silence (discontinuous transmission) rather than loss.
  private static final int MAX_CONCEALED_MILLIS = 60;

  private final RtpCodec from;
  private final RtpCodec to;
  private final AudioDecoder decoder;
  private final AudioEncoder encoder;
  private final Resampler resampler;
  private final PcmFormat middle;
  private final int frame;
  private final short[] decoded;
  private final short[] resampled;
  private final short[] mapped;
  private short[] waiting = new short[0];
  private int waitingFrames;

  private boolean begun;
  private int expected;
  private int outTimestamp;
  private boolean marker;
  private long concealed;

  Transcoder(org.klatsch.codecs.Codecs codecs, RtpCodec from, RtpCodec to) {
    this.from = from;
    this.to = to;
    // Voices of telephones have one channel.
    encoder = codecs.audioEncoder(Codecs.format(to), new PcmFormat(rate(to), 1));
    decoder = codecs.audioDecoder(Codecs.format(from), new PcmFormat(rate(from), 1));
    encoder.inbandFec(true);
    encoder.expectedLoss(0.03);
    middle = encoder.pcm();
    resampler = new Resampler(decoder.pcm().rateHz(), middle.rateHz(), 1);
    frame = middle.frames(FRAME_MILLIS);
    decoded = new short[decoder.maxFrames() * decoder.pcm().channels()];
    mapped = new short[decoder.maxFrames()];
    resampled =
        new short
            [(int) ((long) decoder.maxFrames() * middle.rateHz() / decoder.pcm().rateHz()) + 64];
  }

  /// The rate at which a codec carries voice.
  static int rate(RtpCodec codec) {
    return codec.is("opus") ? 48_000 : codec.is("g722") ? 16_000 : 8_000;
  }

  /// Frames that were invented.
  long concealed() {
    return concealed;
  }

  /// Takes a frame and gives what is complete thereafter; mostly one.
  List<EncodedAudioFrame> take(EncodedAudioFrame in) {
    List<EncodedAudioFrame> out = new ArrayList<>(2);
    int timestamp = in.rtpTimestamp();
    int gap = begun ? timestamp - expected : 0;
    if (gap < 0 && gap > -from.clockRateHz()) {
      // Late: its time was filled already.
      return out;
    }
    if (!begun || gap < 0 || gap > from.clockRateHz() / 1000 * MAX_CONCEALED_MILLIS) {
      // Silence, or a new beginning.
      if (begun && gap > 0) {
        outTimestamp += (int) ((long) gap * to.clockRateHz() / from.clockRateHz());
      }
      waitingFrames = 0;
      marker = true;
    } else if (gap > 0) {
      conceal(gap, out, in);
    }
    begun = true;
    expected = timestamp + in.samples();
    byte[] payload = in.payload();
    int frames = decoder.decode(payload, 0, payload.length, decoded, 0);
    add(frames, out, in);
    return out;
  }

  private void conceal(int gap, List<EncodedAudioFrame> out, EncodedAudioFrame next) {
    int rate = decoder.pcm().rateHz();
    int missing = (int) ((long) gap * rate / from.clockRateHz());
    byte[] payload = next.payload();
    boolean restored = false;
    while (missing > 0) {
      int frames = 0;
      if (!restored && missing <= rate / 1000 * FRAME_MILLIS) {
        restored = true;
        frames = decoder.decodeFec(payload, 0, payload.length, missing, decoded, 0);
      }
      if (frames == 0) {
        frames = decoder.conceal(Math.min(missing, decoder.maxFrames()), decoded, 0);
      }
      if (frames <= 0) {
        return;
      }
      concealed++;
      add(frames, out, next);
      missing -= frames;
    }
  }

  /// Appends decoded samples and encodes what is complete.
  private void add(int frames, List<EncodedAudioFrame> out, EncodedAudioFrame cause) {
    int channels = decoder.pcm().channels();
    short[] mono = decoded;
    if (channels > 1) {
      for (int i = 0; i < frames; i++) {
        int sum = 0;
        for (int c = 0; c < channels; c++) {
          sum += decoded[i * channels + c];
        }
        mapped[i] = (short) (sum / channels);
      }
      mono = mapped;
    }
    int count = resampler.resample(mono, 0, frames, resampled, 0);
    int have = waitingFrames;
    if (waiting.length < have + count) {
      waiting = Arrays.copyOf(waiting, have + count + frame);
    }
    System.arraycopy(resampled, 0, waiting, have, count);
    waitingFrames = have + count;
    int from0 = 0;
    while (waitingFrames - from0 >= frame) {
      encode(from0, out, cause);
      from0 += frame;
    }
    if (from0 > 0) {
      System.arraycopy(waiting, from0, waiting, 0, waitingFrames - from0);
      waitingFrames -= from0;
    }
  }

  private void encode(int at, List<EncodedAudioFrame> out, EncodedAudioFrame cause) {
    int channels = middle.channels();
    short[] pcm = waiting;
    int offset = at;
    if (channels > 1) {
      pcm = new short[frame * channels];
      offset = 0;
      for (int i = 0; i < frame; i++) {
        for (int c = 0; c < channels; c++) {
          pcm[i * channels + c] = waiting[at + i];
        }
      }
    }
    byte[] payload = new byte[encoder.maxPayloadSize(frame)];
    int length = encoder.encode(pcm, offset, frame, payload, 0);
    int samples = to.clockRateHz() / 1000 * FRAME_MILLIS;
    if (length > 0) {
      out.add(
          EncodedAudioFrame.of(
                  to, Arrays.copyOf(payload, length), outTimestamp, samples, cause.captureTime())
              .withMarker(marker));
      marker = false;
    }
    outTimestamp += samples;
  }

  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
