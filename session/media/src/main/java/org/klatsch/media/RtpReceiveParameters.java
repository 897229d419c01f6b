package org.klatsch.media;

import java.util.List;

/// What one media section agreed on for receiving.
///
/// @param mid of the section, RFC 9143; empty when the peer sends none
/// @param codecs payload types that the peer may send
/// @param headerExtensions that the peer may send
/// @param encodings the streams that the peer announced by SSRC (`a=ssrc`) or by name (`a=rid`);
///   empty when it announced none, and packets are then routed by mid or payload type
/// @param reducedSizeRtcp RFC 5506
public record RtpReceiveParameters(
    String mid,
    MediaKind kind,
    List<RtpCodec> codecs,
    List<RtpHeaderExtension> headerExtensions,
    List<RtpEncoding> encodings,
    boolean reducedSizeRtcp) {
  public RtpReceiveParameters {
    codecs = List.copyOf(codecs);
    headerExtensions = List.copyOf(headerExtensions);
    encodings = List.copyOf(encodings);
  }

  public RtpReceiveParameters withCodecs(List<RtpCodec> value) {
    return new RtpReceiveParameters(mid, kind, value, headerExtensions, encodings, reducedSizeRtcp);
  }

  public RtpReceiveParameters withHeaderExtensions(List<RtpHeaderExtension> value) {
    return new RtpReceiveParameters(mid, kind, codecs, value, encodings, reducedSizeRtcp);
  }

  public RtpReceiveParameters withEncodings(List<RtpEncoding> value) {
    return new RtpReceiveParameters(mid, kind, codecs, headerExtensions, value, reducedSizeRtcp);
  }
}
