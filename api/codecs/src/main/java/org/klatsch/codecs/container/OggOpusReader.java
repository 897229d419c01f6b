package org.klatsch.codecs.container;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;

/// Reads the packets of the first Opus stream of an Ogg file, RFC 7845. Pages whose checksum is
/// wrong are skipped.
public final class OggOpusReader implements MediaReader {
  /// RFC 7845 §6: 61,440 octets hold any packet of one stream; longer ones are damage.
  private static final int MAX_PACKET = 61_440;

  /// Headers may carry a picture, RFC 7845 §5.2; more is refused.
  private static final int MAX_HEADER = 16 << 20;

  private final InputStream in;
  private final Queue<byte[]> packets = new ArrayDeque<>();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private boolean assembling;
  private int serial;
  private boolean serialKnown;
  private boolean headersDone;
  private boolean ended;
  private long timestamp;
  private final int channels;
  private final int preSkip;

  /// @param in closed with the reader
  public OggOpusReader(InputStream in) throws IOException {
    this.in = new BufferedInputStream(in);
    byte[] head = null;
    while (head == null) {
      if (!readPage()) {
        throw new MalformedMediaException("no Opus stream in the file");
      }
      byte[] first = packets.poll();
      if (first != null && OpusPackets.isHead(first)) {
        head = first;
      } else {
        serialKnown = false;
        packets.clear();
      }
    }
    channels = OpusPackets.channels(head);
    preSkip = OpusPackets.preSkip(head);
    while (packets.isEmpty()) {
      if (!readPage()) {
        throw new MalformedMediaException("the file ends before its comment header");
      }
    }
    packets.remove();
    headersDone = true;
  }

  public static OggOpusReader open(Path file) throws IOException {
    return new OggOpusReader(Files.newInputStream(file));
  }

  @Override
  public List<MediaTrack> tracks() {
    return List.of(MediaTrack.audio(1, CodecFormat.OPUS, channels));
  }

  public int channels() {
    return channels;
  }

  /// Samples at 48 kHz that are not to be played at the beginning.
  public int preSkip() {
    return preSkip;
  }

  /// The next packet; null at the end.
  @Override
  public @Nullable MediaPacket read() throws IOException {
    while (packets.isEmpty()) {
      if (ended || !readPage()) {
        return null;
      }
    }
    byte[] packet = packets.remove();
    long at = timestamp;
    timestamp += OpusPackets.duration(packet, 0, packet.length);
    return new MediaPacket(1, at * 1_000_000_000L / OpusPackets.RATE_HZ, true, packet);
  }

  /// Takes one page; false at the end of the file.
  private boolean readPage() throws IOException {
    byte[] page = nextPage();
    if (page == null) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    int flags = page[5];
    int pageSerial = header.getInt(14);
    if (!serialKnown && (flags & OggPage.FIRST) != 0) {
      serial = pageSerial;
      serialKnown = true;
    } else if (!serialKnown || pageSerial != serial) {
      return true;
    }
    if ((flags & OggPage.CONTINUED) == 0 || !assembling) {
      partial.reset();
      // A continuation whose beginning was lost is left out up to its end.
      assembling = (flags & OggPage.CONTINUED) == 0;
    }
    int segments = page[26] & 0xff;
    int at = OggPage.HEADER + segments;
    for (int i = 0; i < segments; i++) {
      int length = page[OggPage.HEADER + i] & 0xff;
      if (assembling && partial.size() + length <= (headersDone ? MAX_PACKET : MAX_HEADER)) {
        partial.write(page, at, length);
      } else {
        assembling = false;
      }
      at += length;
      if (length < 255) {
        if (assembling && partial.size() > 0) {
          packets.add(partial.toByteArray());
        }
        partial.reset();
        assembling = true;
      }
    }
    assembling = assembling && (segments == 0 || page[OggPage.HEADER + segments - 1] == -1);
    ended = (flags & OggPage.LAST) != 0;
    return true;
  }

  /// The next page with a right checksum; null at the end.
  private byte @Nullable [] nextPage() throws IOException {
    while (true) {
      if (!findCapture()) {
        return null;
      }
      byte[] page = Arrays.copyOf(new byte[] {'O', 'g', 'g', 'S'}, OggPage.HEADER);
      in.mark(OggPage.HEADER + 255 * 256);
      if (in.readNBytes(page, 4, OggPage.HEADER - 4) < OggPage.HEADER - 4) {
        return null;
      }
      int segments = page[26] & 0xff;
      page = Arrays.copyOf(page, OggPage.HEADER + segments);
      if (in.readNBytes(page, OggPage.HEADER, segments) < segments) {
        return null;
      }
      int body = 0;
      for (int i = 0; i < segments; i++) {
        body += page[OggPage.HEADER + i] & 0xff;
      }
      page = Arrays.copyOf(page, OggPage.HEADER + segments + body);
      int got = in.readNBytes(page, OggPage.HEADER + segments, body);
      ByteBuffer buffer = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
      int crc = buffer.getInt(22);
      buffer.putInt(22, 0);
      if (got == body && page[4] == 0 && OggPage.crc(buffer, 0, page.length) == crc) {
        return page;
      }
      // Damaged or unfinished: search on behind the capture pattern.
      in.reset();
    }
  }

  private boolean findCapture() throws IOException {
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      matched = next == "OggS".charAt(matched) ? matched + 1 : next == 'O' ? 1 : 0;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
