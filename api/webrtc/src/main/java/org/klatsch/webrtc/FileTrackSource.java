package org.klatsch.webrtc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.CodecUnavailableException;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// One track of a [MediaFile]. Encoded frames go on as they are where they can; they are decoded
/// for who listens to samples or pictures. Frames come on the file's thread.
final class FileTrackSource extends TrackSource {
  private static final System.Logger LOGGER = System.getLogger(FileTrackSource.class.getName());

  /// Of no meaning outside a connection, where the negotiated one takes its place.
  private static final int PAYLOAD_TYPE = 96;

  private final MediaFile file;
  private final FileFeed.Track track;
  private final @Nullable RtpCodec codec;
  private @Nullable AudioDecoder audioDecoder;
  private @Nullable VideoDecoder videoDecoder;
  private boolean undecodable;
  private boolean decoding;

  FileTrackSource(MediaFile file, FileFeed.Track track, String label) {
    super(track.video() ? "video" : "audio", label, new TaskList(null, "klatsch-track"));
    this.file = file;
    this.track = track;
    MediaTrack encoded = track.encoded();
    codec = encoded == null ? null : codec(encoded.format());
  }

  private static RtpCodec codec(CodecFormat format) {
    return RtpCodec.of(
            format.mimeType(), PAYLOAD_TYPE, format.clockRateHz(), Math.max(1, format.channels()))
        .withParameters(format.parameters());
  }

  @Override
  boolean givesEncoded() {
    return codec != null;
  }

  @Override
  @Nullable RtpCodec encodedCodec() {
    return codec;
  }

  @Override
  boolean passesOn(List<RtpCodec> negotiated) {
    RtpCodec own = codec;
    return own != null && Sending.same(own, negotiated) != null;
  }

  @Override
  Object clockDomain() {
    return file;
  }

  @Override
  void requestKeyFrame() {
    if (track.video() && codec != null) {
      file.requestKeyFrame();
    }
  }

  @Override
  void demandUpdated() {
    file.demandChanged();
  }

  @Override
  void released() {
    file.released();
  }

  @Override
  Map<String, Object> capabilities() {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    settings()
        .forEach((name, value) -> {
          if (value instanceof Integer whole) {
            capabilities.put(name, new ULongRange(whole, whole));
          } else if (value instanceof Double real) {
            capabilities.put(name, new DoubleRange(real, real));
          }
        });
    return capabilities;
  }

  @Override
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    PcmFormat pcm = track.pcm();
    MediaTrack encoded = track.encoded();
    if (track.video()) {
      settings.put("width", track.width());
      settings.put("height", track.height());
      settings.put("aspectRatio", (double) track.width() / Math.max(1, track.height()));
      if (track.frameRate() > 0) {
        settings.put("frameRate", track.frameRate());
      }
    } else if (pcm != null) {
      settings.put("sampleRate", pcm.rateHz());
      settings.put("channelCount", pcm.channels());
      settings.put("sampleSize", 16);
    } else if (encoded != null) {
      settings.put("sampleRate", encoded.format().clockRateHz());
      settings.put("channelCount", encoded.channels());
    }
    return settings;
  }

  /// Gives a piece to whoever listens.
  ///
  /// @param nanos when it is due since the beginning, repetitions included
  void emit(FileFeed.Piece piece, long nanos) {
    switch (piece) {
      case FileFeed.Samples samples ->
          emit(
              new AudioFrame(
                  samples.frame().samples(),
                  samples.frame().rateHz(),
                  samples.frame().channels(),
                  nanos));
      case FileFeed.Picture picture ->
          emit(
              new VideoFrame(
                  picture.frame().width(),
                  picture.frame().height(),
                  picture.frame().i420(),
                  nanos));
      case FileFeed.Encoded encoded -> emit(encoded.packet(), nanos);
    }
  }

  private void emit(MediaPacket packet, long nanos) {
    RtpCodec own = codec;
    if (own == null) {
      return;
    }
    if (isDemanded(true)) {
      int timestamp = (int) (nanos / 1_000 * own.clockRateHz() / 1_000_000);
      byte[] data = packet.data();
      if (track.video()) {
        emit(
            EncodedVideoFrame.of(own, data, timestamp, packet.keyFrame(), nanos)
                .withSize(track.width(), track.height()));
      } else {
        emit(EncodedAudioFrame.of(own, data, timestamp, 0, nanos));
      }
    }
    if (!isDemanded(false)) {
      decoding = false;
    } else if (!undecodable && (decoding || packet.keyFrame())) {
      decoding = true;
      try {
        decode(own, packet.data(), nanos);
      } catch (CodecUnavailableException e) {
        undecodable = true;
        LOGGER.log(System.Logger.Level.WARNING, e.getMessage());
      }
    }
  }

  private void decode(RtpCodec own, byte[] data, long nanos) {
    if (track.video()) {
      VideoDecoder decoder = videoDecoder;
      if (decoder == null) {
        decoder = Codecs.installed().videoDecoder(Formats.format(own));
        videoDecoder = decoder;
      }
      VideoFrame picture = decoder.decode(data, 0, data.length, nanos);
      if (picture != null) {
        emit(picture);
      }
      return;
    }
    AudioDecoder decoder = audioDecoder;
    MediaTrack encoded = track.encoded();
    if (decoder == null) {
      int channels = encoded == null ? 1 : Math.min(2, encoded.channels());
      decoder =
          Codecs.installed()
              .audioDecoder(Formats.format(own), new PcmFormat(own.clockRateHz(), channels));
      audioDecoder = decoder;
    }
    PcmFormat pcm = decoder.pcm();
    short[] samples = new short[decoder.maxFrames() * pcm.channels()];
    int frames = decoder.decode(data, 0, data.length, samples, 0);
    if (frames > 0) {
      emit(
          new AudioFrame(
              java.util.Arrays.copyOf(samples, frames * pcm.channels()),
              pcm.rateHz(),
              pcm.channels(),
              nanos));
    }
  }

  /// Frees the decoders; the last call on the file's thread.
  void finish() {
    end();
    AudioDecoder audio = audioDecoder;
    if (audio != null) {
      audio.close();
    }
    VideoDecoder video = videoDecoder;
    if (video != null) {
      video.close();
    }
  }
}
