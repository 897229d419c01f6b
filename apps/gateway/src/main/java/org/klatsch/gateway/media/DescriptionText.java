package org.klatsch.gateway.media;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.klatsch.media.RtpCodec;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.Attributes;
import org.klatsch.sdp.Connection;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.FmtpAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.Origin;
import org.klatsch.sdp.OtherAttribute;
import org.klatsch.sdp.PtimeAttribute;
import org.klatsch.sdp.RtcpAttribute;
import org.klatsch.sdp.RtpmapAttribute;
import org.klatsch.sdp.SessionDescription;

/// Writes our half of what a telephone is told. The version in `o=` grows with each change, RFC
/// 3264 §8.
final class DescriptionText {
  private static final int FRAME_MILLIS = 20;

  private final TransportAddress host;
  private final int rtpPort;
  private final int rtcpPort;
  private final long id;
  private long version;
  private String last = "";

  DescriptionText(TransportAddress host, int rtpPort, int rtcpPort, RandomGenerator random) {
    this.host = host;
    this.rtpPort = rtpPort;
    this.rtcpPort = rtcpPort;
    this.id = random.nextLong(1L << 52);
  }

  String offer(
      String protocol, List<RtpCodec> codecs, DirectionAttribute direction, List<CryptoKey> keys) {
    return write(List.of(audio(protocol, codecs, direction, keys, false)));
  }

  /// RFC 3264 §6: a section for each of the offer's, those that are not wanted with port 0.
  String answer(
      PhoneDescription offer,
      List<RtpCodec> codecs,
      DirectionAttribute direction,
      List<CryptoKey> keys) {
    List<MediaDescription> sections = new ArrayList<>();
    for (int i = 0; i < offer.text().media().size(); i++) {
      MediaDescription asked = offer.text().media().get(i);
      sections.add(
          i == offer.index()
              ? audio(offer.protocol(), codecs, direction, keys, offer.multiplexed())
              : MediaDescription.of(
                  asked.media(), 0, asked.protocol(), asked.formats(), at(), Attributes.EMPTY));
    }
    return write(sections);
  }

  private MediaDescription audio(
      String protocol,
      List<RtpCodec> codecs,
      DirectionAttribute direction,
      List<CryptoKey> keys,
      boolean multiplexed) {
    List<Attribute> attributes = new ArrayList<>();
    List<String> formats = new ArrayList<>();
    for (RtpCodec codec : codecs) {
      formats.add(Integer.toString(codec.payloadType()));
      attributes.add(
          new RtpmapAttribute(
              codec.payloadType(),
              codec.mimeType().substring(codec.mimeType().indexOf('/') + 1),
              codec.clockRateHz(),
              codec.channels() > 1 ? Integer.toString(codec.channels()) : null));
      if (!codec.parameters().isEmpty()) {
        attributes.add(new FmtpAttribute(Integer.toString(codec.payloadType()), codec.fmtpLine()));
      }
    }
    attributes.add(new PtimeAttribute(FRAME_MILLIS));
    keys.forEach(
        key -> attributes.add(new OtherAttribute(CryptoKey.ATTRIBUTE, key.attributeValue())));
    if (multiplexed) {
      attributes.add(FlagAttribute.RTCP_MUX);
    } else {
      attributes.add(new RtcpAttribute(rtcpPort, null));
    }
    attributes.add(direction);
    return MediaDescription.of(
        "audio", rtpPort, protocol, formats, at(), new Attributes(attributes));
  }

  private Connection at() {
    return new Connection("IN", host.isIpv4() ? "IP4" : "IP6", host.host());
  }

  private String write(List<MediaDescription> sections) {
    String body = sections.toString();
    if (!body.equals(last)) {
      last = body;
      version++;
    }
    Connection at = at();
    Origin origin =
        new Origin(
            "klatsch",
            Long.toString(id),
            Long.toString(version),
            at.networkType(),
            at.addressType(),
            at.address());
    return SessionDescription.of(origin, Attributes.EMPTY, sections).toString();
  }
}
