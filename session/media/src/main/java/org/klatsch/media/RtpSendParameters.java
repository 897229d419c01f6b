package org.klatsch.media;

import java.util.List;

/// What one media section agreed on for sending.
///
/// @param mid of the section, RFC 9143; empty when the peer does not know the extension
/// @param cname names this endpoint in SDES, RFC 7022
/// @param codecs in order of preference: payload types that the peer takes, with rtx, red,
///   telephone-event and so on
/// @param headerExtensions that may be sent
/// @param encodings at least one, each with an SSRC; several are simulcast
/// @param reducedSizeRtcp RFC 5506
public record RtpSendParameters(
    String mid,
    String cname,
    MediaKind kind,
    List<RtpCodec> codecs,
    List<RtpHeaderExtension> headerExtensions,
    List<RtpEncoding> encodings,
    boolean reducedSizeRtcp) {
  public RtpSendParameters {
    codecs = List.copyOf(codecs);
    headerExtensions = List.copyOf(headerExtensions);
    encodings = List.copyOf(encodings);
    if (encodings.isEmpty()) {
      throw new IllegalArgumentException("no encoding, expected at least one");
    }
    for (RtpEncoding encoding : encodings) {
      if (encoding.ssrc() == 0) {
        throw new IllegalArgumentException("encoding without SSRC: " + encoding);
      }
    }
  }

  public RtpSendParameters withCodecs(List<RtpCodec> value) {
    return new RtpSendParameters(
        mid, cname, kind, value, headerExtensions, encodings, reducedSizeRtcp);
  }

  public RtpSendParameters withHeaderExtensions(List<RtpHeaderExtension> value) {
    return new RtpSendParameters(mid, cname, kind, codecs, value, encodings, reducedSizeRtcp);
  }

  public RtpSendParameters withEncodings(List<RtpEncoding> value) {
    return new RtpSendParameters(
        mid, cname, kind, codecs, headerExtensions, value, reducedSizeRtcp);
  }
}
