package org.klatsch.codecs.ffmpeg;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecProvider;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;

/// Video over ffmpeg. Public only because `ServiceLoader` on the class path wants it.
public final class FfmpegCodecs implements CodecProvider {
  private final List<VideoCodec> codecs;

  /// For `ServiceLoader`. Loads the libraries when those of this platform are there.
  public FfmpegCodecs() {
    codecs = available();
  }

  private static List<VideoCodec> available() {
    try {
      Loader.load(avcodec.class);
      // The libraries write to standard error by themselves; what matters comes back as a result.
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
      List<VideoCodec> found = new ArrayList<>();
      for (VideoCodec codec : VideoCodec.values()) {
        if (avcodec.avcodec_find_encoder_by_name(codec.encoder()) != null
            && avcodec.avcodec_find_decoder_by_name(codec.decoder()) != null) {
          found.add(codec);
        }
      }
      return List.copyOf(found);
    } catch (LinkageError | RuntimeException e) {
      return List.of();
    }
  }

  @Override
  public String name() {
    return codecs.isEmpty() ? "ffmpeg (its libraries are missing)" : "ffmpeg";
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public List<CodecFormat> formats() {
    return codecs.stream().map(VideoCodec::format).toList();
  }

  private @Nullable VideoCodec find(CodecFormat format) {
    for (VideoCodec codec : codecs) {
      if (codec.accepts(format)) {
        return codec;
      }
    }
    return null;
  }

  @Override
  public @Nullable VideoEncoder videoEncoder(CodecFormat format, VideoEncoderOptions options) {
    VideoCodec codec = find(format);
    return codec == null ? null : new FfmpegVideoEncoder(codec, format, options);
  }

  @Override
  public @Nullable VideoDecoder videoDecoder(CodecFormat format) {
    VideoCodec codec = find(format);
    return codec == null ? null : new FfmpegVideoDecoder(codec);
  }
}
