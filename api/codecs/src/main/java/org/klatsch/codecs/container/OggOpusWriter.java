package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes Opus packets as an Ogg file, RFC 7845, straight from the network or from an encoder. A
/// page goes out with every half second.
public final class OggOpusWriter implements MediaWriter {
  private static final int PAGE_SAMPLES = OpusPackets.RATE_HZ / 2;

  private final MediaOutput out;

  /// A hole of two usual packets is one; less is the network's jitter.
  private static final long MIN_GAP = OpusPackets.RATE_HZ / 25;

  private final int serial;
  private final List<byte[]> packets = new ArrayList<>();
  private int segments;
  private int sequence;
  private long granule;
  private long pageGranule;

  /// SILK, wide band, 20 ms: a packet of this one byte makes the decoder conceal.
  private int lastToc = 9 << 3;

  /// @param channel closed with the writer
  /// @param channels 1 or 2
  /// @param serial tells streams apart that are put into one file; any number
  public OggOpusWriter(WritableByteChannel channel, int channels, int serial) throws IOException {
    if (channels != 1 && channels != 2) {
      throw new IllegalArgumentException(channels + " channels: expected 1 or 2");
    }
    this.serial = serial;
    out = new MediaOutput(channel, ByteOrder.LITTLE_ENDIAN);
    packets.add(OpusPackets.head(channels, OpusPackets.PRE_SKIP));
    segments = 1;
    writePage(OggPage.FIRST);
    packets.add(OpusPackets.tags());
    segments = 1;
    writePage(0);
    out.flush();
  }

  /// Replaces a file.
  public static OggOpusWriter create(Path file, int channels) throws IOException {
    return new OggOpusWriter(
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        channels,
        0x4b6c6174);
  }

  /// Appends a packet. One whose duration cannot be told is left out.
  ///
  /// @return its duration in samples at 48 kHz; 0 when it was left out
  public int write(byte[] packet, int offset, int length) throws IOException {
    int duration = OpusPackets.duration(packet, offset, length);
    int needed = length / 255 + 1;
    if (duration == 0 || needed > OggPage.MAX_SEGMENTS) {
      return 0;
    }
    if (segments + needed > OggPage.MAX_SEGMENTS) {
      writePage(0);
    }
    packets.add(Arrays.copyOfRange(packet, offset, offset + length));
    segments += needed;
    granule += duration;
    lastToc = packet[offset] & 0xfc;
    if (granule - pageGranule >= PAGE_SAMPLES) {
      writePage(0);
      out.flush();
    }
    return duration;
  }

  /// Appends a packet after the hole that its timestamp tells.
  @Override
  public void write(MediaPacket packet) throws IOException {
    long time = packet.timestampNanos() / 1_000 * OpusPackets.RATE_HZ / 1_000_000;
    if (time - granule >= MIN_GAP) {
      writeGap(time - granule);
    }
    write(packet.data(), 0, packet.data().length);
  }

  @Override
  public void flush() throws IOException {
    if (!packets.isEmpty()) {
      writePage(0);
    }
    out.flush();
  }

  /// Keeps time where nothing was sent or something was lost: with packets of one byte, which
  /// decoders answer with concealment, as the format allows no holes (RFC 7845 §4.1).
  ///
  /// @param samples at 48 kHz; what is left of the last packet's duration is not written
  public void writeGap(long samples) throws IOException {
    byte[] toc = {(byte) lastToc};
    int duration = OpusPackets.duration(toc, 0, 1);
    for (long left = samples; left >= duration; left -= duration) {
      write(toc, 0, 1);
    }
  }

  /// Samples at 48 kHz so far.
  public long samples() {
    return granule;
  }

  private void writePage(int flags) {
    int size = OggPage.HEADER + segments;
    for (byte[] packet : packets) {
      size += packet.length;
    }
    ByteBuffer page = out.room(size);
    int from = page.position();
    page.put(new byte[] {'O', 'g', 'g', 'S', 0, (byte) flags})
        .putLong(granule)
        .putInt(serial)
        .putInt(sequence++)
        .putInt(0)
        .put((byte) segments);
    for (byte[] packet : packets) {
      for (int left = packet.length; ; left -= 255) {
        page.put((byte) Math.min(255, left));
        if (left < 255) {
          break;
        }
      }
    }
    for (byte[] packet : packets) {
      page.put(packet);
    }
    OggPage.seal(page, from);
    packets.clear();
    segments = 0;
    pageGranule = granule;
  }

  @Override
  public void close() throws IOException {
    try (out) {
      writePage(OggPage.LAST);
    }
  }
}
