package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How to record, W3C MediaStream Recording §2.3. Bitrates count only for tracks that are encoded
/// here: what a peer sent is stored as it came.
///
/// @param mimeType the container, with or without codecs: `video/webm;codecs=vp8,opus`; empty
///   leaves the choice to the tracks
/// @param audioBitsPerSecond null for 64 kbit/s: Opus is transparent for speech and good for music
/// @param videoBitsPerSecond null for 2.5 Mbit/s: 720p looks good at it
/// @param bitsPerSecond of both together, a tenth of it for audio; null when they are told apart
/// @param audioBitrateMode as asked for; the encoders here are variable
/// @param videoKeyFrameIntervalDuration milliseconds from key frame to key frame; null for 4,000:
///   the steps in which a player seeks
/// @param videoKeyFrameIntervalCount pictures from key frame to key frame; null for no such limit
public record MediaRecorderOptions(
    String mimeType,
    @Nullable Long audioBitsPerSecond,
    @Nullable Long videoBitsPerSecond,
    @Nullable Long bitsPerSecond,
    BitrateMode audioBitrateMode,
    @Nullable Double videoKeyFrameIntervalDuration,
    @Nullable Long videoKeyFrameIntervalCount) {
  private static final long AUDIO_BITRATE = 64_000;
  private static final long VIDEO_BITRATE = 2_500_000;

  public MediaRecorderOptions() {
    this("", null, null, null, BitrateMode.VARIABLE, null, null);
  }

  public MediaRecorderOptions withMimeType(String value) {
    return new MediaRecorderOptions(
        value,
        audioBitsPerSecond,
        videoBitsPerSecond,
        bitsPerSecond,
        audioBitrateMode,
        videoKeyFrameIntervalDuration,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withAudioBitsPerSecond(long value) {
    return new MediaRecorderOptions(
        mimeType,
        value,
        videoBitsPerSecond,
        bitsPerSecond,
        audioBitrateMode,
        videoKeyFrameIntervalDuration,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withVideoBitsPerSecond(long value) {
    return new MediaRecorderOptions(
        mimeType,
        audioBitsPerSecond,
        value,
        bitsPerSecond,
        audioBitrateMode,
        videoKeyFrameIntervalDuration,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withBitsPerSecond(long value) {
    return new MediaRecorderOptions(
        mimeType,
        audioBitsPerSecond,
        videoBitsPerSecond,
        value,
        audioBitrateMode,
        videoKeyFrameIntervalDuration,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withAudioBitrateMode(BitrateMode value) {
    return new MediaRecorderOptions(
        mimeType,
        audioBitsPerSecond,
        videoBitsPerSecond,
        bitsPerSecond,
        value,
        videoKeyFrameIntervalDuration,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withVideoKeyFrameIntervalDuration(double milliseconds) {
    return new MediaRecorderOptions(
        mimeType,
        audioBitsPerSecond,
        videoBitsPerSecond,
        bitsPerSecond,
        audioBitrateMode,
        milliseconds,
        videoKeyFrameIntervalCount);
  }

  public MediaRecorderOptions withVideoKeyFrameIntervalCount(long pictures) {
    return new MediaRecorderOptions(
        mimeType,
        audioBitsPerSecond,
        videoBitsPerSecond,
        bitsPerSecond,
        audioBitrateMode,
        videoKeyFrameIntervalDuration,
        pictures);
  }

  /// What audio is encoded to, Opus' range being 6 to 510 kbit/s (RFC 6716 §2.1.1).
  long audioTarget() {
    Long both = bitsPerSecond;
    Long own = audioBitsPerSecond;
    long wish = own != null ? own : both != null ? both / 10 : AUDIO_BITRATE;
    return Math.clamp(wish, 6_000, 510_000);
  }

  long videoTarget() {
    Long both = bitsPerSecond;
    Long own = videoBitsPerSecond;
    long wish = own != null ? own : both != null ? both - both / 10 : VIDEO_BITRATE;
    return Math.clamp(wish, 20_000, Integer.MAX_VALUE);
  }
}
