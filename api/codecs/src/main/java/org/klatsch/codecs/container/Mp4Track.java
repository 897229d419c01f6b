package org.klatsch.codecs.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.klatsch.codecs.CodecFormat;

/// A track of an MP4 file that is read: what it is, and which samples wait to be taken.
final class Mp4Track {
  /// No frame of a call is larger.
  private static final int MAX_SAMPLE = 16 << 20;

  /// A day of video; tables beyond are damage.
  private static final int MAX_SAMPLES = 1 << 23;

  private static final byte[] START_CODE = {0, 0, 0, 1};

  private final long movieScale;
  private final long fileSize;
  private int number;
  private long scale = 1;
  private String codec = "";
  private int width;
  private int height;
  private int channels;
  private int lengthBytes = 4;
  private byte[] parameterSets = new byte[0];
  private long defaultDuration;
  private int defaultSize;
  private int defaultFlags;

  /// What an edit list moves the track by, in its own clock.
  private long shift;

  private long mediaStart;
  private long emptyMovieTime;

  private long[] offsets = new long[16];
  private int[] sizes = new int[16];
  private long[] times = new long[16];
  private int[] compositions = new int[16];
  private boolean[] keyFrames = new boolean[16];
  private int first;
  private int count;
  private long decodeTime;

  /// @param movieScale units of a second that edits have
  Mp4Track(long movieScale, long fileSize) {
    this.movieScale = movieScale;
    this.fileSize = fileSize;
  }

  int number() {
    return number;
  }

  /// As the file names it, for example `avc1`.
  String codec() {
    return codec;
  }

  long fileSize() {
    return fileSize;
  }

  boolean isReadable() {
    return switch (codec) {
      case "avc1", "avc3", "Opus", "vp09" -> true;
      default -> false;
    };
  }

  MediaTrack description() {
    return switch (codec) {
      case "Opus" -> MediaTrack.audio(number, CodecFormat.OPUS, channels);
      case "vp09" -> MediaTrack.video(number, CodecFormat.VP9, width, height);
      default ->
          MediaTrack.video(
              number,
              CodecFormat.H264.withParameters(Map.of("packetization-mode", "1")),
              width,
              height);
    };
  }

  long defaultDuration() {
    return defaultDuration;
  }

  int defaultSize() {
    return defaultSize;
  }

  int defaultFlags() {
    return defaultFlags;
  }

  /// `trex`, behind its track number.
  void parseDefaults(ByteBuffer defaults) {
    defaults.getInt();
    defaultDuration = defaults.getInt() & 0xffff_ffffL;
    defaultSize = defaults.getInt();
    defaultFlags = defaults.getInt();
  }

  void parse(ByteBuffer track) throws IOException {
    Mp4SampleTable table = new Mp4SampleTable();
    Mp4Reader.children(
        track,
        (type, body) -> {
          switch (type) {
            case "tkhd" -> {
              int version = body.getInt() >>> 24;
              skip(body, version == 1 ? 16 : 8);
              number = body.getInt();
            }
            case "edts" ->
                Mp4Reader.children(
                    body,
                    (inner, edits) -> {
                      if (inner.equals("elst")) {
                        parseEdits(edits);
                      }
                    });
            case "mdia" -> parseMedia(body, table);
            default -> {}
          }
        });
    shift = emptyMovieTime * scale / movieScale - mediaStart;
    if (isReadable()) {
      table.addTo(this);
    }
  }

  private static void skip(ByteBuffer body, int bytes) throws IOException {
    if (bytes > body.remaining()) {
      throw new MalformedMediaException(
          "%d bytes to skip where %d are left".formatted(bytes, body.remaining()));
    }
    body.position(body.position() + bytes);
  }

  /// Only what browsers and ffmpeg write is followed: a pause first, then the film from some point
  /// on.
  private void parseEdits(ByteBuffer edits) {
    int version = edits.getInt() >>> 24;
    int entries = edits.getInt();
    for (int i = 0; i < entries && edits.remaining() >= (version == 1 ? 20 : 12); i++) {
      long duration = version == 1 ? edits.getLong() : edits.getInt() & 0xffff_ffffL;
      long start = version == 1 ? edits.getLong() : edits.getInt();
      edits.getInt();
      if (start >= 0) {
        mediaStart = Math.min(start, Integer.MAX_VALUE);
        return;
      }
      emptyMovieTime += Math.clamp(duration, 0, Integer.MAX_VALUE);
    }
  }

  private void parseMedia(ByteBuffer media, Mp4SampleTable table) throws IOException {
    Mp4Reader.children(
        media,
        (type, body) -> {
          if (type.equals("mdhd")) {
            int version = body.getInt() >>> 24;
            skip(body, version == 1 ? 16 : 8);
            scale = Math.max(1, body.getInt() & 0xffff_ffffL);
          } else if (type.equals("minf")) {
            Mp4Reader.children(
                body,
                (inner, content) -> {
                  if (inner.equals("stbl")) {
                    Mp4Reader.children(
                        content,
                        (name, box) -> {
                          if (name.equals("stsd")) {
                            parseDescription(box);
                          } else {
                            table.parse(name, box);
                          }
                        });
                  }
                });
          }
        });
  }

  private void parseDescription(ByteBuffer description) throws IOException {
    description.getLong();
    Mp4Reader.children(
        description,
        (type, entry) -> {
          if (!codec.isEmpty()) {
            return;
          }
          codec = type;
          switch (type) {
            case "avc1", "avc3", "vp09" -> {
              skip(entry, 24);
              width = entry.getShort() & 0xffff;
              height = entry.getShort() & 0xffff;
              skip(entry, 50);
              Mp4Reader.children(
                  entry,
                  (inner, body) -> {
                    if (inner.equals("avcC")) {
                      parseConfiguration(body);
                    }
                  });
            }
            case "Opus" -> {
              skip(entry, 16);
              channels = entry.getShort() & 0xffff;
              if (channels == 0 || channels > 255) {
                throw new MalformedMediaException(channels + " channels: expected 1 to 255");
              }
            }
            default -> {}
          }
        });
  }

  /// AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1; the parameter sets go before key
  /// frames as calls have them.
  private void parseConfiguration(ByteBuffer record) throws IOException {
    skip(record, 4);
    lengthBytes = (record.get() & 3) + 1;
    ByteArrayOutputStream sets = new ByteArrayOutputStream();
    for (int mask : new int[] {0x1f, 0xff}) {
      int units = record.get() & mask;
      for (int i = 0; i < units; i++) {
        byte[] unit = new byte[record.getShort() & 0xffff];
        record.get(unit);
        sets.writeBytes(START_CODE);
        sets.writeBytes(unit);
      }
    }
    parameterSets = sets.toByteArray();
  }

  void decodeTime(long value) {
    decodeTime = value;
  }

  /// Appends a sample.
  ///
  /// @param duration until the next
  /// @param composition from decoding to being shown
  void add(long offset, int size, long duration, long composition, boolean keyFrame)
      throws IOException {
    if (size < 0 || size > MAX_SAMPLE) {
      throw new MalformedMediaException(
          "frame of %d bytes: expected up to %d".formatted(size & 0xffff_ffffL, MAX_SAMPLE));
    }
    if (first == count) {
      first = 0;
      count = 0;
    }
    if (count == MAX_SAMPLES) {
      throw new MalformedMediaException("more than " + MAX_SAMPLES + " frames in a table");
    }
    if (count == offsets.length) {
      int room = 2 * count;
      offsets = Arrays.copyOf(offsets, room);
      sizes = Arrays.copyOf(sizes, room);
      times = Arrays.copyOf(times, room);
      compositions = Arrays.copyOf(compositions, room);
      keyFrames = Arrays.copyOf(keyFrames, room);
    }
    offsets[count] = offset;
    sizes[count] = size;
    times[count] = decodeTime;
    compositions[count] = Math.clamp(composition, Integer.MIN_VALUE, Integer.MAX_VALUE);
    keyFrames[count] = keyFrame;
    count++;
    decodeTime += duration;
  }

  boolean hasSample() {
    return first < count;
  }

  long offset() {
    return offsets[first];
  }

  int size() {
    return sizes[first];
  }

  /// When the next sample is to be decoded.
  long decodeNanos() {
    return nanos(times[first]);
  }

  private long nanos(long time) {
    double seconds = (double) (time + shift) / scale;
    return (long) Math.clamp(seconds * 1e9, 0, 1e17);
  }

  MediaPacket take(byte[] data) throws IOException {
    int i = first++;
    boolean h264 = codec.startsWith("avc");
    byte[] frame = h264 ? annexB(data, keyFrames[i]) : data;
    boolean keyFrame = keyFrames[i] || codec.equals("Opus");
    return new MediaPacket(number, nanos(times[i] + compositions[i]), keyFrame, frame);
  }

  /// Units with start codes rather than lengths.
  private byte[] annexB(byte[] sample, boolean keyFrame) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(sample);
    ByteArrayOutputStream frame = new ByteArrayOutputStream(sample.length + 64);
    if (keyFrame) {
      frame.writeBytes(parameterSets);
    }
    while (data.remaining() >= lengthBytes) {
      long length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = length << 8 | data.get() & 0xff;
      }
      if (length > data.remaining()) {
        throw new MalformedMediaException(
            "unit of %d bytes where %d are left".formatted(length, data.remaining()));
      }
      frame.writeBytes(START_CODE);
      frame.write(sample, data.position(), (int) length);
      data.position(data.position() + (int) length);
    }
    return frame.toByteArray();
  }
}
