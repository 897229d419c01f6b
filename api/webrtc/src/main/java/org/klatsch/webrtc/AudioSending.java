package org.klatsch.webrtc;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSendParameters;

/// Encodes the audio of a sender on the thread of its track's source, which is one of the
/// [MediaPool], at the rate of that source if the codec has it.
final class AudioSending extends Sending {
  /// A frame this loud counts as speech for the header extension, RFC 6464 §3.
  private static final int VOICE_LEVEL = 50;

  /// What RFC 7587 §6.1 allows where the peer sets no limit.
  private static final int MAX_OPUS_BITRATE = 510_000;

  /// What one report takes of a loss that went away: a burst is over soon, but returns.
  private static final double RECOVERY = 0.1;

  /// A smaller change of the loss is not worth another setting of the encoder.
  private static final double NOTABLE_LOSS = 0.01;

  private static final long SECOND = 1_000_000_000L;

  private final Codecs codecs;
  private final int packetMillis;

  private @Nullable RtpCodec codec;
  private @Nullable AudioEncoder encoder;
  private @Nullable PcmConverter converter;
  private int encoderRate;
  private PcmFormat pcm = new PcmFormat(48_000, 1);
  private short[] pending = new short[0];
  private int pendingFrames;
  private byte[] payload = new byte[0];
  private long timestamp;
  private boolean silent = true;
  private final LevelMeter level = new LevelMeter();
  private volatile long samples;
  private volatile int sampleRate;
  private volatile AudioEncodingOptions options;
  private volatile long targetBitrate;

  /// Whether the encoder's settings are to be looked at again.
  private volatile boolean changed;

  /// The share of packets that the peer loses, rising at once and falling slowly.
  private volatile double loss;

  private double appliedLoss;
  private final EncodingPace pace = new EncodingPace();

  /// @param encodes false for a track whose frames are encoded already
  /// @param packetMillis audio in one packet
  /// @param clock the driver's time
  AudioSending(
      FrameSink sink,
      boolean encodes,
      RtpSendParameters parameters,
      Codecs codecs,
      AudioEncodingOptions options,
      int packetMillis,
      LongSupplier clock) {
    super(sink, encodes, parameters, clock);
    this.codecs = codecs;
    this.options = options;
    this.packetMillis = packetMillis;
  }

  LevelMeter level() {
    return level;
  }

  /// Seconds of audio that came from the track.
  double seconds() {
    return sampleRate == 0 ? 0 : (double) samples / sampleRate;
  }

  /// The peer has reported a loss: the share of packets since its report before. On the loop.
  void remoteLoss(double fraction) {
    double before = loss;
    loss = fraction > before ? fraction : before + RECOVERY * (fraction - before);
  }

  /// What the path bears for this stream, in bits a second; 0 while unknown.
  void targetBitrate(long bitsPerSecond) {
    targetBitrate = bitsPerSecond;
    changed = true;
  }

  void options(AudioEncodingOptions value) {
    options = value;
    changed = true;
  }

  @Override
  public synchronized void audio(AudioFrame frame) {
    sampleRate = frame.rateHz();
    samples += frame.frames();
    RtpCodec wanted = codec(0);
    if (wanted == null || !parameters().encodings().getFirst().active()) {
      return;
    }
    if ((!wanted.equals(codec) || frame.rateHz() != encoderRate)
        && !change(wanted, frame.rateHz())) {
      return;
    }
    AudioEncoder current = encoder;
    PcmConverter converting = converter;
    if (current == null || converting == null) {
      return;
    }
    if (changed) {
      changed = false;
      configure();
    }
    double expected = loss;
    if (Math.abs(appliedLoss - expected) >= NOTABLE_LOSS) {
      appliedLoss = expected;
      current.expectedLoss(expected);
    }
    AudioFrame converted = converting.convert(frame);
    int perPacket = pcm.frames(packetMillis);
    if (pendingFrames == 0 && converted.frames() == perPacket) {
      encode(wanted, current, converted.samples(), 0, perPacket);
    } else {
      encodePending(wanted, current, converted, perPacket);
    }
  }

  private void encodePending(
      RtpCodec format, AudioEncoder current, AudioFrame converted, int perPacket) {
    int channels = pcm.channels();
    int total = pendingFrames + converted.frames();
    if (pending.length < total * channels) {
      pending = Arrays.copyOf(pending, 2 * total * channels);
    }
    System.arraycopy(
        converted.samples(), 0, pending, pendingFrames * channels, converted.samples().length);
    int at = 0;
    while (total - at >= perPacket) {
      encode(format, current, pending, at * channels, perPacket);
      at += perPacket;
    }
    pendingFrames = total - at;
    System.arraycopy(pending, at * channels, pending, 0, pendingFrames * channels);
  }

  private void encode(RtpCodec format, AudioEncoder current, short[] from, int offset, int frames) {
    int room = current.maxPayloadSize(frames);
    if (payload.length < room) {
      payload = new byte[room];
    }
    long begun = now();
    int length = current.encode(from, offset, frames, payload, 0);
    long lasts = frames * SECOND / pcm.rateHz();
    if (pace.note(now() - begun, lasts, options.complexity())) {
      changed = true;
    }
    int loudness = level.add(from, offset, frames * pcm.channels(), pcm);
    int units = (int) ((long) frames * format.clockRateHz() / pcm.rateHz());
    if (length > 0) {
      EncodedAudioFrame frame =
          EncodedAudioFrame.of(
                  format, Arrays.copyOf(payload, length), (int) timestamp, units, now())
              .withMarker(silent)
              .withLevel(loudness, loudness < VOICE_LEVEL);
      silent = false;
      sink().send(frame, 0);
    } else {
      silent = true;
    }
    timestamp += units;
  }

  /// Has an encoder of the codec, for the rate of the source.
  private boolean change(RtpCodec next, int rateHz) {
    RtpCodec before = codec;
    AudioEncoder old = encoder;
    boolean same = next.equals(before);
    codec = next;
    encoderRate = rateHz;
    try {
      boolean stereo = next.is("opus") && next.parameter("stereo", 0) == 1;
      AudioEncoder made =
          codecs.audioEncoder(Formats.format(next), new PcmFormat(rateHz, stereo ? 2 : 1));
      if (same && old != null && old.pcm().equals(made.pcm())) {
        made.close();
        return true;
      }
      closeEncoder();
      encoder = made;
      pcm = made.pcm();
      appliedLoss = 0;
      configure();
    } catch (CodecUnavailableException e) {
      closeEncoder();
      complain(String.valueOf(e.getMessage()));
      return false;
    }
    converter = new PcmConverter(pcm);
    pendingFrames = 0;
    if (before == null || before.clockRateHz() != next.clockRateHz()) {
      timestamp = timestampNow(next);
    }
    return true;
  }

  private void configure() {
    AudioEncoder current = encoder;
    RtpCodec format = codec;
    if (current == null || format == null || !format.is("opus")) {
      return;
    }
    long limit = parameters().encodings().getFirst().maxBitrate();
    AudioEncodingOptions wishes = options;
    long target = targetBitrate;
    long rate = limit > 0 ? limit : wishes.bitrate();
    rate = Math.min(rate, format.parameter("maxaveragebitrate", MAX_OPUS_BITRATE));
    current.bitrate((int) (target > 0 ? Math.min(rate, target) : rate));
    current.complexity(pace.complexity(wishes.complexity()));
    current.inbandFec(wishes.inbandFec() && format.parameter("useinbandfec", 0) == 1);
    Boolean dtx = wishes.dtx();
    current.dtx(dtx == null ? format.parameter("usedtx", 0) == 1 : dtx);
  }

  @Override
  void parameters(RtpSendParameters value) {
    super.parameters(value);
    changed = true;
  }

  private void closeEncoder() {
    AudioEncoder old = encoder;
    if (old != null) {
      old.close();
      encoder = null;
    }
  }

  @Override
  synchronized void close() {
    closeEncoder();
    codec = null;
  }
}
