package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.sdp.Attribute;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.ExtmapAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.MsidAttribute;
import org.klatsch.sdp.SsrcAttribute;
import org.klatsch.sdp.SsrcGroupAttribute;

/// The attributes of an m-section that are about media, in the order of RFC 9429 §5.2.1.
final class MediaWriter {
  private final JsepOptions options;
  private final String cname;

  /// @param cname names us in RTCP
  MediaWriter(JsepOptions options, String cname) {
    this.options = options;
    this.cname = cname;
  }

  /// What is offered of codecs for a transceiver, under our own payload types.
  List<RtpCodec> capabilities(Transceiver transceiver) {
    return Codecs.preferred(
        options.media().codecs(transceiver.kind()), transceiver.codecPreferences());
  }

  private List<HeaderExtensionCapability> extensions(Transceiver transceiver) {
    List<HeaderExtensionCapability> chosen = transceiver.headerExtensions();
    return chosen != null ? chosen : options.media().extensions(transceiver.kind());
  }

  /// @param codecs with the payload types of the offer
  List<Attribute> offer(
      Transceiver transceiver, List<RtpCodec> codecs, HeaderExtensions extensions) {
    List<Attribute> attributes = new ArrayList<>();
    // RFC 8858 §3 wants it beside a=rtcp-mux.
    attributes.add(FlagAttribute.RTCP_MUX_ONLY);
    attributes.add(FlagAttribute.RTCP_RSIZE);
    DirectionAttribute direction = transceiver.direction();
    attributes.add(direction);
    appendMsid(transceiver, direction, attributes);
    attributes.addAll(extensions.offered(extensions(transceiver), true));
    MediaFormats.append(codecs, attributes);
    if (transceiver.encodings().getFirst().rid() == null) {
      appendSources(transceiver, direction, codecs, attributes);
    } else if (direction.sends()) {
      Simulcast.appendOffer(transceiver.encodings(), attributes);
    }
    return attributes;
  }

  /// Null when there is no codec in common.
  @Nullable Answered answer(Transceiver transceiver, Section offered, HeaderExtensions extensions) {
    List<RtpCodec> codecs = answeredCodecs(transceiver, offered);
    if (codecs.isEmpty()) {
      return null;
    }
    List<Attribute> attributes = new ArrayList<>();
    if (offered.reducesRtcp()) {
      attributes.add(FlagAttribute.RTCP_RSIZE);
    }
    DirectionAttribute direction =
        Directions.common(transceiver.direction(), offered.direction().reversed());
    attributes.add(direction);
    appendMsid(transceiver, direction, attributes);
    List<ExtmapAttribute> common =
        extensions.answered(offered.extensions(), extensions(transceiver));
    attributes.addAll(common);
    MediaFormats.append(codecs, attributes);
    boolean rids = common.stream().anyMatch(each -> each.uri().equals(ExtensionType.RID.uri()));
    boolean simulcast =
        rids
            && Simulcast.appendAnswer(
                offered,
                transceiver.encodings(),
                direction.sends(),
                direction.receives(),
                codecs,
                attributes);
    if (!simulcast) {
      appendSources(transceiver, direction, codecs, attributes);
    }
    return new Answered(MediaFormats.formats(codecs), attributes);
  }

  /// What an answer says of a section.
  record Answered(List<String> formats, List<Attribute> attributes) {}

  private List<RtpCodec> answeredCodecs(Transceiver transceiver, Section offered) {
    List<RtpCodec> codecs = Codecs.answered(offered.codecs(), capabilities(transceiver));
    List<RtpCodec> ordered = Codecs.preferred(codecs, transceiver.codecPreferences());
    return ordered.stream().anyMatch(RtpCodec::isMedia) ? ordered : List.of();
  }

  /// RFC 8830 §2. The track's id stands there too, as peers expect both.
  private static void appendMsid(
      Transceiver transceiver, DirectionAttribute direction, List<Attribute> to) {
    if (!direction.sends()) {
      return;
    }
    if (transceiver.streamIds().isEmpty()) {
      to.add(new MsidAttribute("-", transceiver.trackId()));
    }
    for (String stream : transceiver.streamIds()) {
      to.add(new MsidAttribute(stream, transceiver.trackId()));
    }
  }

  /// The sources of a sender, RFC 5576, for peers that tell streams apart by them. Simulcast is
  /// told apart by rids alone, RFC 8853 §5.5. What has been sent once stays announced while it
  /// pauses: Chromium shows nothing more of a source that was taken away and comes back.
  private void appendSources(
      Transceiver transceiver,
      DirectionAttribute direction,
      List<RtpCodec> codecs,
      List<Attribute> to) {
    if (!direction.sends() && !transceiver.everSent()) {
      return;
    }
    RtpEncoding encoding = transceiver.encodings().getFirst();
    List<Long> sources = new ArrayList<>();
    sources.add(unsigned(encoding.ssrc()));
    if (codecs.stream().anyMatch(codec -> codec.is("rtx"))) {
      sources.add(unsigned(encoding.rtxSsrc()));
      to.add(new SsrcGroupAttribute("FID", List.copyOf(sources)));
    }
    if (codecs.stream().anyMatch(Codecs::isFlexFec)) {
      sources.add(unsigned(encoding.fecSsrc()));
      to.add(
          new SsrcGroupAttribute(
              "FEC-FR", List.of(unsigned(encoding.ssrc()), unsigned(encoding.fecSsrc()))));
    }
    for (long source : sources) {
      to.add(new SsrcAttribute(source, "cname", cname));
    }
  }

  private static long unsigned(int ssrc) {
    return Integer.toUnsignedLong(ssrc);
  }
}
