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
/// [MediaPool].
final class AudioSending extends Sending {
  /// Opus beyond this is indistinguishable for speech, RFC 7587 §3.1.1: 28 to 40 kbit/s for
  /// fullband speech.
  private static final int OPUS_BITRATE = 32_000;

  /// 5 of 10: beyond, an encoder in Java costs more than is heard of it.
  private static final int OPUS_COMPLEXITY = 5;

  /// A frame this loud counts as speech for the header extension, RFC 6464 §3.
  private static final int VOICE_LEVEL = 50;

  private final Codecs codecs;
  private final int packetMillis;

  private @Nullable RtpCodec codec;
  private @Nullable AudioEncoder encoder;
  private @Nullable PcmConverter converter;
  private PcmFormat pcm = new PcmFormat(48_000, 1);
  private short[] pending = new short[0];
  private int pendingFrames;
  private byte[] payload = new byte[0];
  private long timestamp;
  private boolean silent = true;
  private final LevelMeter level = new LevelMeter();
  private volatile long samples;
  private volatile int sampleRate;
  private volatile double expectedLoss;
  private double appliedLoss;

  /// @param encodes false for a track whose frames are encoded already
  /// @param packetMillis audio in one packet
  /// @param clock the driver's time
  AudioSending(
      FrameSink sink,
      boolean encodes,
      RtpSendParameters parameters,
      Codecs codecs,
      int packetMillis,
      LongSupplier clock) {
    super(sink, encodes, parameters, clock);
    this.codecs = codecs;
    this.packetMillis = packetMillis;
  }

  LevelMeter level() {
    return level;
  }

  /// Seconds of audio that came from the track.
  double seconds() {
    return sampleRate == 0 ? 0 : (double) samples / sampleRate;
  }

  /// The share of packets that the peer reports as lost.
  void expectedLoss(double share) {
    expectedLoss = share;
  }

  @Override
  public synchronized void audio(AudioFrame frame) {
    sampleRate = frame.rateHz();
    samples += frame.frames();
    RtpCodec wanted = codec(0);
    if (wanted == null || !parameters().encodings().getFirst().active()) {
      return;
    }
    if (!wanted.equals(codec) && !change(wanted)) {
      return;
    }
    AudioEncoder current = encoder;
    PcmConverter converting = converter;
    if (current == null || converting == null) {
      return;
    }
    if (appliedLoss != expectedLoss) {
      appliedLoss = expectedLoss;
      current.expectedLoss(appliedLoss);
    }
    AudioFrame converted = converting.convert(frame);
    int channels = pcm.channels();
    int total = pendingFrames + converted.frames();
    if (pending.length < total * channels) {
      pending = Arrays.copyOf(pending, 2 * total * channels);
    }
    System.arraycopy(
        converted.samples(), 0, pending, pendingFrames * channels, converted.samples().length);
    int perPacket = pcm.frames(packetMillis);
    int at = 0;
    while (total - at >= perPacket) {
      encode(wanted, current, at * channels, perPacket);
      at += perPacket;
    }
    pendingFrames = total - at;
    System.arraycopy(pending, at * channels, pending, 0, pendingFrames * channels);
  }

  private void encode(RtpCodec format, AudioEncoder current, int offset, int frames) {
    int room = current.maxPayloadSize(frames);
    if (payload.length < room) {
      payload = new byte[room];
    }
    int length = current.encode(pending, offset, frames, payload, 0);
    int loudness = level.add(pending, offset, frames * pcm.channels(), pcm);
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

  private boolean change(RtpCodec next) {
    closeEncoder();
    RtpCodec before = codec;
    codec = next;
    try {
      boolean stereo = next.is("opus") && next.parameter("stereo", 0) == 1;
      AudioEncoder made =
          codecs.audioEncoder(Formats.format(next), new PcmFormat(48_000, stereo ? 2 : 1));
      configure(made, next);
      encoder = made;
      pcm = made.pcm();
    } catch (CodecUnavailableException e) {
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

  private void configure(AudioEncoder made, RtpCodec format) {
    if (!format.is("opus")) {
      return;
    }
    long limit = parameters().encodings().getFirst().maxBitrate();
    int most = format.parameter("maxaveragebitrate", 510_000);
    made.bitrate((int) Math.min(limit > 0 ? limit : OPUS_BITRATE, most));
    made.complexity(OPUS_COMPLEXITY);
    made.inbandFec(format.parameter("useinbandfec", 0) == 1);
    made.dtx(format.parameter("usedtx", 0) == 1);
  }

  @Override
  void parameters(RtpSendParameters value) {
    synchronized (this) {
      super.parameters(value);
      AudioEncoder current = encoder;
      RtpCodec format = codec;
      if (current != null && format != null) {
        configure(current, format);
      }
    }
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
