package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.PcmFormat;

/// The kinds of files that recordings are written to.
public enum FileFormat {
  /// Opus, VP8, VP9 and AV1.
  WEBM("webm", "webm"),
  /// Opus and H.264, in fragments.
  MP4("mp4", "mp4"),
  /// One track of Opus.
  OGG("ogg", "ogg opus oga"),
  /// One track of linear PCM, as `audio/L16` has it: 16 bits, high byte first (RFC 3551 §4.5.11).
  WAV("wav", "wav");

  private final String subtype;

  /// Endings of names, with spaces between.
  private final String endings;

  FileFormat(String subtype, String endings) {
    this.subtype = subtype;
    this.endings = endings;
  }

  /// The format of a media type without parameters, such as `video/webm` or `audio/ogg`.
  public static Optional<FileFormat> ofMimeType(String mimeType) {
    String type = mimeType.toLowerCase(Locale.ROOT);
    for (FileFormat each : values()) {
      if (type.equals("audio/" + each.subtype)
          || each.holdsVideo() && type.equals("video/" + each.subtype)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The format that the ending of a file's name tells.
  public static Optional<FileFormat> ofName(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (FileFormat each : values()) {
      if (List.of(each.endings.split(" ")).contains(ending)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The media type, `video` when there are pictures.
  public String mimeType(boolean withVideo) {
    return (withVideo ? "video/" : "audio/") + subtype;
  }

  public boolean holdsVideo() {
    return this == WEBM || this == MP4;
  }

  public int maxTracks() {
    return holdsVideo() ? 16 : 1;
  }

  /// Whether frames of a codec can be stored as they are.
  public boolean holds(CodecFormat codec) {
    String name = codec.encodingName().toLowerCase(Locale.ROOT);
    return switch (this) {
      case WEBM ->
          name.equals("opus") || name.equals("vp8") || name.equals("vp9") || name.equals("av1");
      case MP4 -> name.equals("opus") || name.equals("h264");
      case OGG -> name.equals("opus");
      case WAV -> name.equals("l16");
    };
  }

  /// What is to be encoded to when nobody has wishes.
  public CodecFormat preferred(boolean video) {
    if (video) {
      return this == MP4 ? CodecFormat.H264 : CodecFormat.VP8;
    }
    return this == WAV
        ? new CodecFormat("audio/L16", 48_000, 1, java.util.Map.of())
        : CodecFormat.OPUS;
  }

  /// Begins a file.
  ///
  /// @param channel closed with the writer
  public MediaWriter writer(WritableByteChannel channel, List<MediaTrack> tracks)
      throws IOException {
    for (MediaTrack each : tracks) {
      if (!holds(each.format()) || tracks.size() > maxTracks()) {
        throw new IllegalArgumentException(
            "%d tracks with %s: %s holds up to %d of its codecs"
                .formatted(tracks.size(), each.format(), this, maxTracks()));
      }
    }
    return switch (this) {
      case WEBM -> new WebmWriter(channel, tracks);
      case MP4 -> new Mp4Writer(channel, tracks);
      case OGG -> new OggOpusWriter(channel, Math.min(2, tracks.getFirst().channels()), 1);
      case WAV ->
          new WavWriter(
              channel,
              new PcmFormat(
                  tracks.getFirst().format().clockRateHz(), tracks.getFirst().channels()));
    };
  }
}
