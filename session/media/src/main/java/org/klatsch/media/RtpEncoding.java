package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// One encoding of a track: a stream of its own with its repair streams. Several are simulcast, RFC
/// 8853. SSRC 0 stands for "not signalled".
///
/// @param rid names the encoding, RFC 8851; null without simulcast
/// @param ssrc of the medium
/// @param rtxSsrc of its retransmissions, RFC 4588
/// @param fecSsrc of its FlexFEC, RFC 8627
/// @param active whether it is sent at present; ignored when receiving
/// @param maxBitrate in bits a second; 0 for no limit
/// @param payloadType of the codec it is sent with; −1 for the first of the parameters
public record RtpEncoding(
    @Nullable String rid,
    int ssrc,
    int rtxSsrc,
    int fecSsrc,
    boolean active,
    long maxBitrate,
    int payloadType) {
  public RtpEncoding {
    if (maxBitrate < 0) {
      throw new IllegalArgumentException("maxBitrate " + maxBitrate + ", expected >= 0");
    }
  }

  /// An encoding with one stream.
  public static RtpEncoding ofSsrc(int ssrc) {
    return new RtpEncoding(null, ssrc, 0, 0, true, 0, -1);
  }

  /// An encoding known by its name alone.
  public static RtpEncoding ofRid(String rid) {
    return new RtpEncoding(rid, 0, 0, 0, true, 0, -1);
  }

  public RtpEncoding withRid(@Nullable String value) {
    return new RtpEncoding(value, ssrc, rtxSsrc, fecSsrc, active, maxBitrate, payloadType);
  }

  public RtpEncoding withSsrcs(int newSsrc, int newRtxSsrc, int newFecSsrc) {
    return new RtpEncoding(rid, newSsrc, newRtxSsrc, newFecSsrc, active, maxBitrate, payloadType);
  }

  public RtpEncoding withActive(boolean value) {
    return new RtpEncoding(rid, ssrc, rtxSsrc, fecSsrc, value, maxBitrate, payloadType);
  }

  public RtpEncoding withMaxBitrate(long value) {
    return new RtpEncoding(rid, ssrc, rtxSsrc, fecSsrc, active, value, payloadType);
  }

  public RtpEncoding withPayloadType(int value) {
    return new RtpEncoding(rid, ssrc, rtxSsrc, fecSsrc, active, maxBitrate, value);
  }
}
