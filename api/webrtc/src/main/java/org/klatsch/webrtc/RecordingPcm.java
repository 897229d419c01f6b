package org.klatsch.webrtc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.recorder.SenderClock;
import org.klatsch.codecs.recorder.StreamClock;

/// Encodes the samples of a track for a recording, or stores them as they are.
final class RecordingPcm extends RecordingLane {
  /// Ten seconds.
  private static final int LIMIT = 500;

  private @Nullable PcmConverter converter;
  private PcmFormat pcm = new PcmFormat(48_000, 1);
  private @Nullable AudioEncoder encoder;
  private @Nullable StreamClock clock;
  private CodecFormat format = CodecFormat.OPUS;
  private short[] pending = new short[0];
  private int pendingFrames;
  private int taken;

  RecordingPcm(Recording recording, int number, MediaStreamTrack track) {
    super(recording, number, track, LIMIT);
  }

  @Override
  public void audio(AudioFrame frame) {
    // The last sample is of now, the first was captured before.
    long captured = System.nanoTime() - frame.durationNanos();
    later(() -> take(frame, captured));
  }

  private void begin(AudioFrame frame) {
    int channels = Math.min(2, frame.channels());
    if (recording.type.format() == FileFormat.WAV) {
      pcm = new PcmFormat(frame.rateHz(), channels);
      format = new CodecFormat("audio/L16", frame.rateHz(), channels, java.util.Map.of());
    } else {
      AudioEncoder made =
          recording.codecs.audioEncoder(CodecFormat.OPUS, new PcmFormat(48_000, channels));
      made.bitrate((int) recording.options.audioTarget());
      pcm = made.pcm();
      encoder = made;
    }
    converter = new PcmConverter(pcm);
    clock = new StreamClock(pcm.rateHz(), new SenderClock());
  }

  private void take(AudioFrame frame, long captured) throws IOException {
    if (converter == null) {
      begin(frame);
    }
    PcmConverter converting = converter;
    StreamClock current = clock;
    if (converting == null || current == null) {
      return;
    }
    short[] samples = converting.convert(frame).samples();
    int channels = pcm.channels();
    int held = pendingFrames * channels;
    pending = Arrays.copyOf(pending, held + samples.length);
    System.arraycopy(samples, 0, pending, held, samples.length);
    int total = pending.length / channels;
    int perPacket = pcm.frames(MediaPool.TICK_MILLIS);
    int at = 0;
    while (total - at >= perPacket) {
      long before = (pendingFrames - at) * 1_000_000_000L / pcm.rateHz();
      long time = current.time(current.extended(taken), captured - before, 0);
      byte[] data = encode(at * channels, perPacket);
      if (data.length > 0) {
        recording.recorder.write(number, MediaTrack.audio(1, format, channels), time, true, data);
      }
      taken += perPacket;
      at += perPacket;
    }
    pendingFrames = total - at;
    pending = Arrays.copyOfRange(pending, at * channels, pending.length);
  }

  private byte[] encode(int offset, int frames) {
    AudioEncoder current = encoder;
    if (current == null) {
      ByteBuffer linear = ByteBuffer.allocate(2 * frames * pcm.channels());
      linear.asShortBuffer().put(pending, offset, frames * pcm.channels());
      return linear.array();
    }
    byte[] payload = new byte[current.maxPayloadSize(frames)];
    return Arrays.copyOf(payload, current.encode(pending, offset, frames, payload, 0));
  }

  @Override
  void finish() {
    AudioEncoder current = encoder;
    if (current != null) {
      current.close();
    }
  }
}
