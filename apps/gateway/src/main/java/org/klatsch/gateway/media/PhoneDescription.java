package org.klatsch.gateway.media;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.Attributes;
import org.klatsch.sdp.Connection;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.FmtpAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.OtherAttribute;
import org.klatsch.sdp.RtcpAttribute;
import org.klatsch.sdp.RtpmapAttribute;
import org.klatsch.sdp.SessionDescription;

/// What a telephone's description says of its audio.
///
/// @param text the whole description
/// @param index of the m-section of the audio
/// @param protocol of that, `RTP/AVP` or `RTP/SAVP` mostly
/// @param rtp null for a call on hold in the way of RFC 2543, or without an address
/// @param rtcp as `rtp`
/// @param multiplexed `a=rtcp-mux`
/// @param direction seen from the telephone
/// @param codecs in its order, telephone-event among them
/// @param keys lines of `a=crypto` that are understood
record PhoneDescription(
    SessionDescription text,
    int index,
    String protocol,
    @Nullable TransportAddress rtp,
    @Nullable TransportAddress rtcp,
    boolean multiplexed,
    DirectionAttribute direction,
    List<RtpCodec> codecs,
    List<CryptoKey> keys) {

  /// Names and clocks of payload types that need no `a=rtpmap`, RFC 3551 §6.
  private static final Map<Integer, RtpCodec> STATIC =
      Map.of(
          0, RtpCodec.of("audio/PCMU", 0, 8000, 1),
          8, RtpCodec.of("audio/PCMA", 8, 8000, 1),
          9, RtpCodec.of("audio/G722", 9, 8000, 1),
          13, RtpCodec.of("audio/CN", 13, 8000, 1));

  /// Whether keys are needed.
  boolean isSecure() {
    return protocol.startsWith("RTP/SAVP");
  }

  static PhoneDescription parse(String sdp) throws UnacceptableMediaException {
    SessionDescription text;
    try {
      text = SessionDescription.parse(sdp);
    } catch (MalformedSdpException e) {
      throw new UnacceptableMediaException("malformed SDP: " + e.getMessage());
    }
    for (int i = 0; i < text.media().size(); i++) {
      MediaDescription media = text.media().get(i);
      if (media.media().equals("audio")
          && !media.rejected()
          && media.protocol().matches("RTP/S?AVPF?")) {
        return of(text, i, media);
      }
    }
    throw new UnacceptableMediaException("no audio over RTP/AVP or RTP/SAVP");
  }

  private static PhoneDescription of(SessionDescription text, int index, MediaDescription media) {
    Attributes own = media.attributes();
    Connection connection =
        media.connections().isEmpty() ? text.connection() : media.connections().getFirst();
    TransportAddress rtp = address(connection, media.port());
    boolean multiplexed = own.has(FlagAttribute.RTCP_MUX);
    RtcpAttribute other = own.first(RtcpAttribute.class);
    TransportAddress rtcp = null;
    if (rtp != null) {
      // RFC 3550 §11: the next port, unless RFC 3605 says another.
      rtcp = rtp.withPort(Math.min(rtp.port() + 1, 0xffff));
      if (other != null && other.port() != 0) {
        TransportAddress named =
            address(other.connection() == null ? connection : other.connection(), other.port());
        rtcp = named == null ? rtcp : named;
      }
    }
    DirectionAttribute direction = own.first(DirectionAttribute.class);
    if (direction == null) {
      direction = text.attributes().first(DirectionAttribute.class);
    }
    List<CryptoKey> keys = new ArrayList<>();
    for (OtherAttribute each : own.all(OtherAttribute.class)) {
      String value = each.attributeValue();
      if (each.attributeName().equals(CryptoKey.ATTRIBUTE) && value != null) {
        CryptoKey key = CryptoKey.parse(value);
        if (key != null) {
          keys.add(key);
        }
      }
    }
    return new PhoneDescription(
        text,
        index,
        media.protocol(),
        rtp,
        multiplexed ? rtp : rtcp,
        multiplexed,
        direction == null ? DirectionAttribute.SENDRECV : direction,
        codecs(media),
        List.copyOf(keys));
  }

  private static @Nullable TransportAddress address(@Nullable Connection connection, int port) {
    if (connection == null || port == 0) {
      return null;
    }
    TransportAddress address = TransportAddress.tryParse(connection.address(), port);
    // RFC 3264 §8.4: 0.0.0.0 is how RFC 2543 put a call on hold.
    return address == null || address.isAnyLocal() ? null : address;
  }

  private static List<RtpCodec> codecs(MediaDescription media) {
    Map<Integer, RtpCodec> mapped = new LinkedHashMap<>();
    for (RtpmapAttribute each : media.attributes().all(RtpmapAttribute.class)) {
      String channels = each.encodingParameters();
      mapped.putIfAbsent(
          each.payloadType(),
          RtpCodec.of(
              "audio/" + each.encodingName(),
              each.payloadType(),
              each.clockRateHz(),
              channels != null && channels.matches("[1-9]") ? Integer.parseInt(channels) : 1));
    }
    List<RtpCodec> codecs = new ArrayList<>();
    for (String format : media.formats()) {
      if (!format.matches("[0-9]{1,3}") || Integer.parseInt(format) > 127) {
        continue;
      }
      int payloadType = Integer.parseInt(format);
      RtpCodec codec = mapped.getOrDefault(payloadType, STATIC.get(payloadType));
      if (codec != null) {
        codecs.add(codec.withParameters(parameters(media, format)));
      }
    }
    return List.copyOf(codecs);
  }

  private static Map<String, String> parameters(MediaDescription media, String format) {
    for (FmtpAttribute each : media.attributes().all(FmtpAttribute.class)) {
      if (each.format().equals(format)) {
        return RtpCodec.parseFmtp(each.text());
      }
    }
    return Map.of();
  }
}
