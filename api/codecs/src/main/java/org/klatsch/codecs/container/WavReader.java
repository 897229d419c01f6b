package org.klatsch.codecs.container;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.klatsch.codecs.G711;
import org.klatsch.codecs.PcmFormat;

/// Reads WAV files as 16-bit PCM, whatever they hold: integers of 8 to 32 bits, floats, G.711.
public final class WavReader implements AutoCloseable {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int A_LAW = 6;
  private static final int MU_LAW = 7;

  /// The real format stands in the first bytes of a GUID.
  private static final int EXTENSIBLE = 0xfffe;

  private static final int MAX_CHANNELS = 64;

  private final InputStream in;
  private PcmFormat format = new PcmFormat(8_000, 1);
  private int coding;
  private int sampleBytes;
  private long dataLeft;
  private byte[] bytes = new byte[0];

  /// @param in closed with the reader
  public WavReader(InputStream in) throws IOException {
    this.in = new BufferedInputStream(in);
    String riff = tag();
    if (!riff.equals("RIFF")) {
      throw new MalformedMediaException("no WAV file: begins with " + riff + ", expected RIFF");
    }
    read(4);
    String wave = tag();
    if (!wave.equals("WAVE")) {
      throw new MalformedMediaException("RIFF file of kind " + wave + ": expected WAVE");
    }
    boolean known = false;
    while (true) {
      String tag = tag();
      long size = read(4).getInt() & 0xffff_ffffL;
      if (tag.equals("data")) {
        if (!known) {
          throw new MalformedMediaException("data before their format");
        }
        dataLeft = size;
        return;
      }
      if (tag.equals("fmt ")) {
        parseFormat(size);
        known = true;
      } else {
        skip(size + (size & 1));
      }
    }
  }

  public static WavReader open(Path file) throws IOException {
    return new WavReader(Files.newInputStream(file));
  }

  public PcmFormat format() {
    return format;
  }

  /// @return frames read: fewer than asked for at the end, then 0
  public int read(short[] out, int offset, int frames) throws IOException {
    int frameBytes = sampleBytes * format.channels();
    long wanted = Math.min((long) frames * frameBytes, dataLeft / frameBytes * frameBytes);
    if (bytes.length < wanted) {
      bytes = new byte[(int) wanted];
    }
    int got = in.readNBytes(bytes, 0, (int) wanted);
    dataLeft = got < wanted ? 0 : dataLeft - got;
    int samples = got / frameBytes * format.channels();
    for (int i = 0; i < samples; i++) {
      out[offset + i] = sample(i * sampleBytes);
    }
    return samples / format.channels();
  }

  private short sample(int at) {
    switch (coding) {
      case A_LAW:
        return G711.A_LAW.decode(bytes[at]);
      case MU_LAW:
        return G711.MU_LAW.decode(bytes[at]);
      case FLOAT:
        int bits =
            bytes[at] & 0xff
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | bytes[at + 3] << 24;
        float scaled = Float.intBitsToFloat(bits) * 32_768;
        return (short) Math.clamp(Math.round(scaled), Short.MIN_VALUE, Short.MAX_VALUE);
      default:
        // Bytes are unsigned, everything longer is signed: its highest two bytes count.
        return sampleBytes == 1
            ? (short) ((bytes[at] & 0xff) - 128 << 8)
            : (short) (bytes[at + sampleBytes - 2] & 0xff | bytes[at + sampleBytes - 1] << 8);
    }
  }

  private void parseFormat(long size) throws IOException {
    if (size < 16 || size > 1_024) {
      throw new MalformedMediaException("format of " + size + " bytes: expected 16 to 1024");
    }
    ByteBuffer chunk = read((int) size + (int) (size & 1));
    coding = chunk.getShort() & 0xffff;
    int channels = chunk.getShort() & 0xffff;
    int rate = chunk.getInt();
    chunk.getInt();
    chunk.getShort();
    int bits = chunk.getShort() & 0xffff;
    if (coding == EXTENSIBLE && size >= 40) {
      coding = chunk.getShort(24) & 0xffff;
    }
    sampleBytes = (bits + 7) / 8;
    boolean readable =
        switch (coding) {
          case PCM -> sampleBytes >= 1 && sampleBytes <= 4;
          case FLOAT -> sampleBytes == 4;
          case A_LAW, MU_LAW -> sampleBytes == 1;
          default -> false;
        };
    if (!readable || channels == 0 || channels > MAX_CHANNELS || rate <= 0) {
      throw new MalformedMediaException(
          "coding %d with %d bits, %d channels, %d Hz: expected PCM, float or G.711"
              .formatted(coding, bits, channels, rate));
    }
    format = new PcmFormat(rate, channels);
  }

  private String tag() throws IOException {
    return new String(read(4).array(), StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer read(int count) throws IOException {
    byte[] read = in.readNBytes(count);
    if (read.length < count) {
      throw new MalformedMediaException("the file ends within its header");
    }
    return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw new MalformedMediaException("the file ends before its data");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
