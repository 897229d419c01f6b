package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the frames of an MP4 file (ISO/IEC 14496-12), with one table for the whole film or in
/// fragments, also one that a kill has cut. Tracks of H.264, Opus and VP9; others are left out.
public final class Mp4Reader implements MediaReader {
  /// Three hours of film have tables of 10 MB.
  private static final long MAX_HEADER = 256 << 20;

  private static final int MAX_TRACKS = 64;

  private final SeekableByteChannel channel;
  private final List<Mp4Track> tracks = new ArrayList<>();
  private final List<String> others = new ArrayList<>();

  private long movieScale = 1_000;

  /// Where the next box of the file's own level begins.
  private long nextBox;

  /// @param channel closed with the reader
  public Mp4Reader(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    Box first = nextBox();
    if (first == null
        || !List.of("ftyp", "styp", "moov", "free", "skip", "wide", "mdat").contains(first.type)) {
      throw new MalformedMediaException(
          "no MP4 file: begins with a box of type "
              + (first == null ? "none" : first.type)
              + ", expected ftyp");
    }
    Box box = first;
    while (box != null && !box.type.equals("moov")) {
      box = nextBox();
    }
    if (box == null) {
      throw new MalformedMediaException(
          "the file of " + channel.size() + " bytes ends before its moov box");
    }
    parse(box, this::parseMovie);
    if (tracks.isEmpty()) {
      throw new MalformedMediaException("no track of H264, Opus or VP9, only " + others);
    }
  }

  public static Mp4Reader open(Path file) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(file);
    try {
      return new Mp4Reader(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public List<MediaTrack> tracks() {
    return tracks.stream().map(Mp4Track::description).toList();
  }

  @Override
  public @Nullable MediaPacket read() throws IOException {
    while (true) {
      Mp4Track next = null;
      for (Mp4Track each : tracks) {
        if (each.hasSample() && (next == null || each.decodeNanos() < next.decodeNanos())) {
          next = each;
        }
      }
      if (next != null) {
        return take(next);
      }
      Box box = nextBox();
      if (box == null) {
        return null;
      }
      if (box.type.equals("moof")) {
        if (box.start + box.size > channel.size()) {
          return null;
        }
        parse(box, body -> parseFragment(body, box.start));
      }
    }
  }

  private @Nullable MediaPacket take(Mp4Track track) throws IOException {
    long offset = track.offset();
    int size = track.size();
    if (offset < 0 || offset + size > channel.size()) {
      // A kill may have cut the last frames.
      return null;
    }
    byte[] sample = new byte[size];
    ByteBuffer data = ByteBuffer.wrap(sample);
    channel.position(offset);
    while (data.hasRemaining()) {
      if (channel.read(data) < 0) {
        return null;
      }
    }
    return track.take(sample);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// A box of the file's own level.
  ///
  /// @param start of its header
  /// @param size with its header
  private record Box(String type, long start, int header, long size) {}

  private @Nullable Box nextBox() throws IOException {
    long start = nextBox;
    ByteBuffer header = readAt(start, 16);
    if (header.remaining() < 8) {
      return null;
    }
    long size = header.getInt() & 0xffff_ffffL;
    String type = type(header);
    int length = 8;
    if (size == 1) {
      if (header.remaining() < 8) {
        return null;
      }
      size = header.getLong();
      length = 16;
    } else if (size == 0) {
      size = channel.size() - start;
    }
    if (size < length || start + size < start) {
      throw new MalformedMediaException(
          "box %s of %d bytes: expected at least %d".formatted(type, size, length));
    }
    nextBox = start + size;
    return new Box(type, start, length, size);
  }

  private ByteBuffer readAt(long position, int most) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(most);
    if (position < channel.size()) {
      channel.position(position);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // A channel may give less than asked for.
      }
    }
    return bytes.flip();
  }

  interface Parser {
    void parse(ByteBuffer body) throws IOException;
  }

  private void parse(Box box, Parser parser) throws IOException {
    long length = box.size - box.header;
    if (length > MAX_HEADER || length > channel.size()) {
      throw new MalformedMediaException(
          "box %s of %d bytes in a file of %d".formatted(box.type, box.size, channel.size()));
    }
    try {
      parser.parse(readAt(box.start + box.header, (int) length));
    } catch (BufferUnderflowException e) {
      throw new MalformedMediaException("box " + box.type + " ends within its fields");
    }
  }

  /// Takes boxes out of a box.
  interface Visitor {
    void box(String type, ByteBuffer body) throws IOException;
  }

  static void children(ByteBuffer of, Visitor visitor) throws IOException {
    while (of.remaining() >= 8) {
      long size = of.getInt() & 0xffff_ffffL;
      String type = type(of);
      long length = size - 8;
      if (size == 1 && of.remaining() >= 8) {
        length = of.getLong() - 16;
      } else if (size == 0) {
        length = of.remaining();
      }
      if (length < 0 || length > of.remaining()) {
        throw new MalformedMediaException(
            "box %s of %d bytes where %d are left".formatted(type, length, of.remaining()));
      }
      ByteBuffer body = of.slice(of.position(), (int) length);
      of.position(of.position() + (int) length);
      visitor.box(type, body);
    }
  }

  static String type(ByteBuffer from) {
    byte[] type = new byte[4];
    from.get(type);
    return new String(type, StandardCharsets.ISO_8859_1);
  }

  private void parseMovie(ByteBuffer movie) throws IOException {
    children(
        movie,
        (type, body) -> {
          if (type.equals("mvhd")) {
            int version = body.getInt() >>> 24;
            body.position(body.position() + (version == 1 ? 16 : 8));
            movieScale = Math.max(1, body.getInt() & 0xffff_ffffL);
          } else if (type.equals("trak") && tracks.size() + others.size() < MAX_TRACKS) {
            Mp4Track track = new Mp4Track(movieScale, channel.size());
            track.parse(body);
            if (track.isReadable()) {
              tracks.add(track);
            } else {
              others.add(track.codec());
            }
          } else if (type.equals("mvex")) {
            children(
                body,
                (inner, defaults) -> {
                  if (inner.equals("trex")) {
                    defaults.getInt();
                    Mp4Track track = find(defaults.getInt());
                    if (track != null) {
                      track.parseDefaults(defaults);
                    }
                  }
                });
          }
        });
  }

  private @Nullable Mp4Track find(int number) {
    for (Mp4Track each : tracks) {
      if (each.number() == number) {
        return each;
      }
    }
    return null;
  }

  /// ISO/IEC 14496-12 §8.8.4.
  private void parseFragment(ByteBuffer fragment, long start) throws IOException {
    // Data of a run without an offset follow those of the run before, also of another track.
    long[] end = {start};
    children(
        fragment,
        (type, body) -> {
          if (type.equals("traf")) {
            Mp4Fragment run = new Mp4Fragment(start, end[0]);
            children(
                body,
                (inner, content) -> {
                  switch (inner) {
                    case "tfhd" -> run.parseHeader(content, this::find);
                    case "tfdt" -> run.parseTime(content);
                    case "trun" -> run.parseRun(content);
                    default -> {}
                  }
                });
            end[0] = run.end();
          }
        });
  }
}
