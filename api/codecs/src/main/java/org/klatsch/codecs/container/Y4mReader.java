package org.klatsch.codecs.container;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.VideoFrame;

/// Reads YUV4MPEG2 with 4:2:0 and eight bits.
public final class Y4mReader implements AutoCloseable {
  private static final int MAX_LINE = 1_024;
  private static final int MAX_SIDE = 16_384;

  private final InputStream in;
  private int width;
  private int height;
  private int rateNumerator = 30;
  private int rateDenominator = 1;
  private long count;

  /// @param in closed with the reader
  public Y4mReader(InputStream in) throws IOException {
    this.in = new BufferedInputStream(in, 1 << 16);
    String header = line();
    if (header == null || !header.startsWith("YUV4MPEG2")) {
      throw new MalformedMediaException("no Y4M file: does not begin with YUV4MPEG2");
    }
    for (String parameter : header.split(" ", -1)) {
      if (parameter.length() > 1) {
        parse(parameter.charAt(0), parameter.substring(1));
      }
    }
    if (width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE) {
      throw new MalformedMediaException(
          "%d x %d: expected up to %d each".formatted(width, height, MAX_SIDE));
    }
  }

  public static Y4mReader open(Path file) throws IOException {
    return new Y4mReader(Files.newInputStream(file));
  }

  private void parse(char key, String value) throws IOException {
    try {
      switch (key) {
        case 'W' -> width = Integer.parseInt(value);
        case 'H' -> height = Integer.parseInt(value);
        case 'F' -> {
          int colon = value.indexOf(':');
          int numerator = Integer.parseInt(value.substring(0, Math.max(0, colon)));
          int denominator = Integer.parseInt(value.substring(colon + 1));
          if (numerator > 0 && denominator > 0) {
            rateNumerator = numerator;
            rateDenominator = denominator;
          }
        }
        case 'C' -> {
          if (!value.startsWith("420") || value.startsWith("420p1")) {
            throw new MalformedMediaException("colour space " + value + ": expected 420");
          }
        }
        default -> {}
      }
    } catch (NumberFormatException e) {
      throw new MalformedMediaException("parameter " + key + value + ": expected a number");
    }
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public double framesPerSecond() {
    return (double) rateNumerator / rateDenominator;
  }

  /// The next picture; null at the end.
  public @Nullable VideoFrame read() throws IOException {
    String header = line();
    if (header == null) {
      return null;
    }
    if (!header.startsWith("FRAME")) {
      throw new MalformedMediaException("picture " + count + " does not begin with FRAME");
    }
    byte[] i420 = in.readNBytes(VideoFrame.size(width, height));
    if (i420.length < VideoFrame.size(width, height)) {
      return null;
    }
    long timestamp = (long) (count++ * 1e9 * rateDenominator / rateNumerator);
    return new VideoFrame(width, height, i420, timestamp);
  }

  private @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      if (next == '\n') {
        return line.toString();
      }
      if (line.length() == MAX_LINE) {
        throw new MalformedMediaException("header line of more than " + MAX_LINE + " bytes");
      }
      line.append((char) next);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
