package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Where the samples of a film without fragments are, ISO/IEC 14496-12 §8.5 to §8.7.
final class Mp4SampleTable {
  private static final int[] NONE = {};

  /// Runs of equal durations: count, duration.
  private int[] durations = NONE;

  /// Runs of equal delays between decoding and showing: count, delay.
  private int[] compositions = NONE;

  /// First chunk from 1, samples in each, description.
  private int[] chunkRuns = NONE;

  private int[] sizes = NONE;
  private int fixedSize;
  private int samples;
  private long[] chunks = {};

  /// Numbers of key frames from 1; null when each is one.
  private int @org.jspecify.annotations.Nullable [] keyFrames;

  void parse(String type, ByteBuffer body) throws IOException {
    switch (type) {
      case "stts" -> durations = table(type, body, 2);
      case "ctts" -> compositions = table(type, body, 2);
      case "stsc" -> chunkRuns = table(type, body, 3);
      case "stss" -> keyFrames = table(type, body, 1);
      case "stsz" -> {
        body.getInt();
        fixedSize = body.getInt();
        samples = body.getInt();
        sizes = fixedSize == 0 ? ints(type, body, samples) : NONE;
      }
      case "stco" -> {
        int[] offsets = table(type, body, 1);
        chunks = Arrays.stream(offsets).mapToLong(Integer::toUnsignedLong).toArray();
      }
      case "co64" -> {
        int[] halves = table(type, body, 2);
        chunks = new long[halves.length / 2];
        for (int i = 0; i < chunks.length; i++) {
          chunks[i] = (long) halves[2 * i] << 32 | halves[2 * i + 1] & 0xffff_ffffL;
        }
      }
      default -> {}
    }
  }

  private static int[] table(String type, ByteBuffer body, int columns) throws IOException {
    body.getInt();
    int rows = body.getInt();
    if (rows < 0 || (long) rows * columns * 4 > body.remaining()) {
      throw tooMany(type, rows, body);
    }
    return ints(type, body, rows * columns);
  }

  private static int[] ints(String type, ByteBuffer body, int count) throws IOException {
    if (count < 0 || count * 4L > body.remaining()) {
      throw tooMany(type, count, body);
    }
    int[] ints = new int[count];
    body.asIntBuffer().get(ints);
    return ints;
  }

  private static MalformedMediaException tooMany(String type, int count, ByteBuffer body) {
    return new MalformedMediaException(
        "table %s with %d entries in %d bytes"
            .formatted(type, count & 0xffff_ffffL, body.remaining()));
  }

  /// Walks through chunks, durations and delays together.
  void addTo(Mp4Track track) throws IOException {
    if (fixedSize != 0 && (samples & 0xffff_ffffL) * Math.max(1L, fixedSize) > track.fileSize()) {
      throw new MalformedMediaException(
          "%d frames of %d bytes in a file of %d"
              .formatted(samples & 0xffff_ffffL, fixedSize, track.fileSize()));
    }
    int sample = 0;
    int run = 0;
    int durationRun = 0;
    int durationLeft = 0;
    int compositionRun = 0;
    int compositionLeft = 0;
    int key = 0;
    for (int chunk = 0; chunk < chunks.length && sample < samples; chunk++) {
      while (3 * (run + 1) < chunkRuns.length && chunkRuns[3 * (run + 1)] <= chunk + 1) {
        run++;
      }
      int perChunk = chunkRuns.length < 3 ? 0 : chunkRuns[3 * run + 1];
      long offset = chunks[chunk];
      for (int i = 0; i < perChunk && sample < samples; i++) {
        while (durationLeft == 0 && 2 * durationRun < durations.length) {
          durationLeft = durations[2 * durationRun++];
        }
        long duration = durationRun == 0 ? 0 : durations[2 * durationRun - 1] & 0xffff_ffffL;
        durationLeft = durationLeft == 0 ? 0 : durationLeft - 1;
        while (compositionLeft == 0 && 2 * compositionRun < compositions.length) {
          compositionLeft = compositions[2 * compositionRun++];
        }
        int composition = compositionRun == 0 ? 0 : compositions[2 * compositionRun - 1];
        compositionLeft = compositionLeft == 0 ? 0 : compositionLeft - 1;
        int[] keys = keyFrames;
        boolean keyFrame = keys == null;
        while (keys != null && key < keys.length && keys[key] <= sample + 1) {
          keyFrame |= keys[key++] == sample + 1;
        }
        int size = fixedSize != 0 ? fixedSize : sizes[sample];
        track.add(offset, size, duration, composition, keyFrame);
        offset += size;
        sample++;
      }
    }
  }
}
