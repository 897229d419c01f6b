package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How one encoding of a track is sent, W3C WebRTC §5.2.5. `new RTCRtpEncodingParameters()` has the
/// W3C's defaults; the `with` methods give changed copies.
///
/// @param codec null: the first that was negotiated
/// @param maxBitrate in bits a second; null for no limit
/// @param maxFramerate of video, in frames a second; null for no limit
/// @param scaleResolutionDownBy of video, at least 1; null: 1
public record RTCRtpEncodingParameters(
    @Nullable String rid,
    boolean active,
    @Nullable RTCRtpCodec codec,
    @Nullable Long maxBitrate,
    @Nullable Double maxFramerate,
    @Nullable Double scaleResolutionDownBy)
    implements RTCRtpCodingParameters {
  public RTCRtpEncodingParameters() {
    this(null, true, null, null, null, null);
  }

  public RTCRtpEncodingParameters withRid(@Nullable String value) {
    return new RTCRtpEncodingParameters(
        value, active, codec, maxBitrate, maxFramerate, scaleResolutionDownBy);
  }

  public RTCRtpEncodingParameters withActive(boolean value) {
    return new RTCRtpEncodingParameters(
        rid, value, codec, maxBitrate, maxFramerate, scaleResolutionDownBy);
  }

  public RTCRtpEncodingParameters withCodec(@Nullable RTCRtpCodec value) {
    return new RTCRtpEncodingParameters(
        rid, active, value, maxBitrate, maxFramerate, scaleResolutionDownBy);
  }

  public RTCRtpEncodingParameters withMaxBitrate(@Nullable Long value) {
    return new RTCRtpEncodingParameters(
        rid, active, codec, value, maxFramerate, scaleResolutionDownBy);
  }

  public RTCRtpEncodingParameters withMaxFramerate(@Nullable Double value) {
    return new RTCRtpEncodingParameters(
        rid, active, codec, maxBitrate, value, scaleResolutionDownBy);
  }

  public RTCRtpEncodingParameters withScaleResolutionDownBy(@Nullable Double value) {
    return new RTCRtpEncodingParameters(rid, active, codec, maxBitrate, maxFramerate, value);
  }
}
