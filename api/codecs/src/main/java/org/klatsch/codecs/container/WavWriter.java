package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.klatsch.codecs.PcmFormat;

/// Writes a WAV file of 16-bit PCM. The sizes in its header follow once a second; on a channel that
/// cannot seek they say "until the end".
public final class WavWriter implements MediaWriter {
  private static final int HEADER = 44;

  /// What streams write, and what larger files than 4 GB keep.
  private static final long UNKNOWN = 0xffff_ffffL;

  private final MediaOutput out;
  private final PcmFormat format;
  private long dataBytes;
  private long patchedAt;

  /// @param channel closed with the writer
  public WavWriter(WritableByteChannel channel, PcmFormat format) throws IOException {
    this.format = format;
    out = new MediaOutput(channel, ByteOrder.LITTLE_ENDIAN);
    int frame = 2 * format.channels();
    out.room(HEADER)
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) UNKNOWN)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) format.channels())
        .putInt(format.rateHz())
        .putInt(format.rateHz() * frame)
        .putShort((short) frame)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt((int) UNKNOWN);
    out.flush();
  }

  /// Replaces a file.
  public static WavWriter create(Path file, PcmFormat format) throws IOException {
    return new WavWriter(
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        format);
  }

  public PcmFormat format() {
    return format;
  }

  /// @param frames samples per channel
  public void write(short[] pcm, int offset, int frames) throws IOException {
    int samples = frames * format.channels();
    out.room(2 * samples).asShortBuffer().put(pcm, offset, samples);
    out.room(2 * samples).position(out.room(0).position() + 2 * samples);
    dataBytes += 2L * samples;
    out.flush();
    if (dataBytes - patchedAt >= 2L * format.rateHz() * format.channels()) {
      patchSizes();
    }
  }

  /// Appends `audio/L16` after the silence that its timestamp tells.
  @Override
  public void write(MediaPacket packet) throws IOException {
    int channels = format.channels();
    long time = (long) (packet.timestampNanos() / 1e9 * format.rateHz());
    long gap = time - dataBytes / 2 / channels;
    // Less is the jitter of the source.
    if (gap >= format.frames(40)) {
      short[] silence = new short[format.frames(1_000) * channels];
      for (int now; gap > 0; gap -= now) {
        now = (int) Math.min(gap, silence.length / channels);
        write(silence, 0, now);
      }
    }
    short[] pcm = new short[packet.data().length / 2];
    ByteBuffer.wrap(packet.data()).asShortBuffer().get(pcm);
    write(pcm, 0, pcm.length / channels);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void patchSizes() throws IOException {
    patchedAt = dataBytes;
    ByteBuffer four = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    out.patch(4, four.putInt((int) Math.min(UNKNOWN, dataBytes + HEADER - 8)).flip());
    four.clear();
    out.patch(HEADER - 4, four.putInt((int) Math.min(UNKNOWN, dataBytes)).flip());
  }

  @Override
  public void close() throws IOException {
    try (out) {
      patchSizes();
    }
  }
}
