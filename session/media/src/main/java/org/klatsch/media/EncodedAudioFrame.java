package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// An encoded frame of audio. See [EncodedFrame] for what all frames have.
///
/// @param samples length in units of the codec's clock; 0 when unknown
/// @param marker first after silence, RFC 3551 §4.1
/// @param audioLevel 0 (loudest) to 127 in −dBov, RFC 6464 §3; −1 when unknown
/// @param voice whether the encoder heard speech, RFC 6464 §3
public record EncodedAudioFrame(
    RtpCodec codec,
    byte[] payload,
    int rtpTimestamp,
    int samples,
    boolean marker,
    int audioLevel,
    boolean voice,
    long captureTime,
    @Nullable FrameOrigin origin)
    implements EncodedFrame {
  /// A frame to send, without level.
  public static EncodedAudioFrame of(
      RtpCodec codec, byte[] payload, int rtpTimestamp, int samples, long captureTime) {
    return new EncodedAudioFrame(
        codec, payload, rtpTimestamp, samples, false, -1, false, captureTime, null);
  }

  public EncodedAudioFrame withMarker(boolean value) {
    return new EncodedAudioFrame(
        codec, payload, rtpTimestamp, samples, value, audioLevel, voice, captureTime, origin);
  }

  /// With the level that the header extension of RFC 6464 carries.
  public EncodedAudioFrame withLevel(int level, boolean speech) {
    return new EncodedAudioFrame(
        codec, payload, rtpTimestamp, samples, marker, level, speech, captureTime, origin);
  }

  public EncodedAudioFrame withPayload(byte[] value) {
    return new EncodedAudioFrame(
        codec, value, rtpTimestamp, samples, marker, audioLevel, voice, captureTime, origin);
  }
}
