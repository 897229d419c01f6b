package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The part of one track in a fragment, ISO/IEC 14496-12 §8.8.6 to §8.8.12.
final class Mp4Fragment {
  private static final int BASE_OFFSET = 1;
  private static final int DESCRIPTION = 2;
  private static final int DURATION = 8;
  private static final int SIZE = 0x10;
  private static final int FLAGS = 0x20;

  private static final int RUN_OFFSET = 1;
  private static final int RUN_FIRST_FLAGS = 4;
  private static final int RUN_DURATION = 0x100;
  private static final int RUN_SIZE = 0x200;
  private static final int RUN_FLAGS = 0x400;
  private static final int RUN_COMPOSITION = 0x800;

  /// sample_is_non_sync_sample, §8.8.3.1.
  private static final int NO_KEY_FRAME = 0x1_0000;

  private final long start;
  private @Nullable Mp4Track track;
  private long base;
  private long end;
  private long duration;
  private int size;
  private int flags;

  /// @param start of the fragment in the file
  /// @param end of the data of the track before
  Mp4Fragment(long start, long end) {
    this.start = start;
    this.base = start;
    this.end = end;
  }

  /// Where the data of the last run end.
  long end() {
    return end;
  }

  void parseHeader(ByteBuffer header, IntFunction<@Nullable Mp4Track> find) {
    int options = header.getInt() & 0xff_ffff;
    Mp4Track found = find.apply(header.getInt());
    track = found;
    if (found == null) {
      return;
    }
    base = (options & BASE_OFFSET) != 0 ? header.getLong() : start;
    if ((options & DESCRIPTION) != 0) {
      header.getInt();
    }
    duration = (options & DURATION) != 0 ? header.getInt() & 0xffff_ffffL : found.defaultDuration();
    size = (options & SIZE) != 0 ? header.getInt() : found.defaultSize();
    flags = (options & FLAGS) != 0 ? header.getInt() : found.defaultFlags();
  }

  void parseTime(ByteBuffer time) {
    int version = time.getInt() >>> 24;
    Mp4Track current = track;
    if (current != null) {
      current.decodeTime(version == 1 ? time.getLong() : time.getInt() & 0xffff_ffffL);
    }
  }

  void parseRun(ByteBuffer run) throws IOException {
    int options = run.getInt();
    int version = options >>> 24;
    int count = run.getInt();
    Mp4Track current = track;
    if (current == null) {
      return;
    }
    long offset = (options & RUN_OFFSET) != 0 ? base + run.getInt() : end;
    int firstFlags = (options & RUN_FIRST_FLAGS) != 0 ? run.getInt() : flags;
    int entry =
        4 * Integer.bitCount(options & (RUN_DURATION | RUN_SIZE | RUN_FLAGS | RUN_COMPOSITION));
    if (count < 0 || (long) count * entry > run.remaining()) {
      throw new MalformedMediaException(
          "%d frames in a run of %d bytes".formatted(count, run.remaining()));
    }
    if (entry == 0 && ((long) count * Math.max(1, size) > current.fileSize())) {
      throw new MalformedMediaException(
          "%d frames of %d bytes in a file of %d".formatted(count, size, current.fileSize()));
    }
    for (int i = 0; i < count; i++) {
      long lasts = (options & RUN_DURATION) != 0 ? run.getInt() & 0xffff_ffffL : duration;
      int bytes = (options & RUN_SIZE) != 0 ? run.getInt() : size;
      int its = (options & RUN_FLAGS) != 0 ? run.getInt() : i == 0 ? firstFlags : flags;
      long composition = 0;
      if ((options & RUN_COMPOSITION) != 0) {
        int value = run.getInt();
        composition = version == 0 ? value & 0xffff_ffffL : value;
      }
      current.add(offset, bytes, lasts, composition, (its & NO_KEY_FRAME) == 0);
      offset += bytes;
    }
    end = offset;
  }
}
