package org.klatsch.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeTest {
  private static final String DIGEST = "AB:" + "CD:".repeat(30) + "EF";

  private static Attribute read(String line) throws MalformedSdpException {
    return AttributeReader.read(1, line);
  }

  private static String written(Attribute attribute) {
    return Attributes.of(attribute).toString().strip();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=group:BUNDLE",
        "a=group:BUNDLE 0 1 data",
        "a=group:LS audio video",
        "a=mid:{some-mid}",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789abcdefghijkl",
        "a=ice-options:trickle ice2 renomination",
        "a=ice-pacing:50",
        "a=ice-lite",
        "a=ice-mismatch",
        "a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host",
        "a=candidate:2 2 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998",
        "a=candidate:3 1 TCP 1 fe80::1%eth0 9 typ host tcptype active generation 0 ufrag abcd",
        "a=candidate:4 1 udp 0 host.local 9 typ newtype",
        "a=end-of-candidates",
        "a=setup:active",
        "a=setup:passive",
        "a=setup:actpass",
        "a=setup:holdconn",
        "a=tls-id:91bbf309c0990a6bec11e38ba2933cee",
        "a=sctp-port:5000",
        "a=max-message-size:0",
        "a=max-message-size:1073741823",
        "a=sctp-init:AQAAHhyWSdUAUAAA",
        "a=sctpmap:5000 webrtc-datachannel 1024",
        "a=sctpmap:5000 webrtc-datachannel",
        "a=rtcp:9",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=rtcp-mux",
        "a=rtcp-mux-only",
        "a=rtcp-rsize",
        "a=extmap-allow-mixed",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level vad=on",
        "a=msid:- track",
        "a=msid:stream",
        "a=msid-semantic:WMS *",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:96 VP8/90000",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtcp-fb:* ccm fir",
        "a=rtcp-fb:96 nack",
        "a=sendrecv",
        "a=sendonly",
        "a=recvonly",
        "a=inactive",
        "a=ssrc:2546941874 cname:odZac0nnMtxFYgIm",
        "a=ssrc:1 flag",
        "a=ssrc-group:FID 1 2",
        "a=rid:hi send pt=96,97;max-width=1280;max-height=720",
        "a=rid:lo recv",
        "a=simulcast:send hi;mid,~alt;~lo",
        "a=simulcast:send 1 recv 2",
        "a=simulcast:recv 1 send 2;3",
        "a=imageattr:97 recv [x=[0:640],y=[0:480],q=1.0]",
        "a=bundle-only",
        "a=content:slides,speaker",
        "a=dcmap:0 subprotocol=\"bfcp\";label=\"bfcp\"",
        "a=dcmap:2",
        "a=dcsa:0 accept-types:text/plain",
        "a=ptime:20",
        "a=maxptime:120",
      })
  void everyKnownAttributeIsTypedAndWrittenAsRead(String line) throws MalformedSdpException {
    Attribute attribute = read(line);

    assertThat(attribute).isNotInstanceOf(OtherAttribute.class);
    assertThat(written(attribute)).isEqualTo(line);
    assertThat(read(written(attribute))).isEqualTo(attribute);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=x",
        "a=x:",
        "a=x:y z",
        "a=mid",
        "a=sendrecv:x",
        "a=rtcp-mux:x",
        "a=rtpmap:200 opus/48000",
        "a=rtpmap:96 opus",
        "a=ptime:20.5",
        "a=extmap:1/sideways urn:x",
        "a=simulcast:send rid=1;2",
        "a=simulcast:send 1 send 2",
        "a=ssrc:99999999999 cname:x",
        "a=ssrc:1",
        "a=rid:1 both",
        "a=content:a,,b",
      })
  void whatIsUnknownOrOnlyNarrowsMediaIsKeptAsItCame(String line) throws MalformedSdpException {
    assertThat(read(line)).isInstanceOf(OtherAttribute.class);
    assertThat(written(read(line))).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=mid:",
        "a=mid:a b",
        "a=group:",
        "a=ice-ufrag:abc",
        "a=ice-pwd:short",
        "a=setup:sideways",
        "a=sctp-port:65536",
        "a=sctp-port:-1",
        "a=max-message-size:1e9",
        "a=sctpmap:5000",
        "a=fingerprint:sha-256",
        "a=fingerprint:sha-256 AB:C",
        "a=fingerprint:sha-256 AB:CD:",
        "a=fingerprint:sha-256 ABCDEF",
        "a=fingerprint:sha-256 GG:AA",
        "a=candidate:",
        "a=candidate:1 1 udp 1 192.0.2.1 1",
        "a=candidate:1 1 udp 1 192.0.2.1 1 type host",
        "a=candidate:1 1 udp 1 192.0.2.1 65536 typ host",
        "a=candidate:1 0 udp 1 192.0.2.1 1 typ host",
        "a=candidate:1 1 udp 4294967296 192.0.2.1 1 typ host",
        "a=candidate:1 1 udp 1 192.0.2.1 1 typ host raddr",
        "a=candidate:1 1 udp 1 192.0.2.1 1 typ host raddr 10.0.0.1 rport x",
        "a=candidate:1 1 udp 1 192.0.2.1 1 typ host generation",
        "a=candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 1 typ host",
      })
  void whatTheSessionNeedsMustFollowTheGrammar(String line) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(MalformedSdpException.class)
        .hasMessageContaining(line.substring(0, 6));
  }

  @Test
  void fingerprintsAreComparedWithoutRegardToCase() throws MalformedSdpException {
    assertThat(read("a=fingerprint:SHA-256 " + DIGEST.toLowerCase(java.util.Locale.ROOT)))
        .isEqualTo(new FingerprintAttribute("sha-256", DIGEST));
  }

  @Test
  void candidatesAreReadFromTheirTrickledForms() throws MalformedSdpException {
    String value = "1 1 udp 2122194687 192.0.2.2 49497 typ srflx raddr 10.0.0.1 rport 0";

    CandidateAttribute candidate = CandidateAttribute.parse("candidate:" + value);

    assertThat(candidate).hasToString("candidate:" + value);
    assertThat(CandidateAttribute.parse("a=candidate:" + value)).isEqualTo(candidate);
    assertThat(candidate.relatedAddress()).isEqualTo("10.0.0.1");
    assertThat(candidate.relatedPort()).isZero();
    assertThatThrownBy(() -> CandidateAttribute.parse(value))
        .isInstanceOf(MalformedSdpException.class);
  }

  @Test
  void extensionsOfACandidateAreFoundByName() throws MalformedSdpException {
    CandidateAttribute candidate =
        CandidateAttribute.parse("candidate:1 1 tcp 1 h 9 typ host tcptype active ufrag abcd");

    assertThat(candidate.extension("ufrag")).isEqualTo("abcd");
    assertThat(candidate.extension("generation")).isNull();
  }

  @Test
  void simulcastStreamsAreListsOfAlternatives() throws MalformedSdpException {
    assertThat(((SimulcastAttribute) read("a=simulcast:send hi,~alt;lo")).send())
        .isEqualTo(
            List.of(
                List.of(
                    new SimulcastAttribute.Alternative("hi", false),
                    new SimulcastAttribute.Alternative("alt", true)),
                List.of(new SimulcastAttribute.Alternative("lo", false))));
  }

  @Test
  void passwordsStayOutOfLogs() {
    assertThat(new IcePwdAttribute("0123456789abcdefghijkl").toString()).doesNotContain("0123");
  }

  @Test
  void directionsTurnRound() {
    assertThat(DirectionAttribute.SENDONLY.reversed()).isEqualTo(DirectionAttribute.RECVONLY);
    assertThat(DirectionAttribute.SENDRECV.reversed()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(DirectionAttribute.RECVONLY.sends()).isFalse();
    assertThat(DirectionAttribute.RECVONLY.receives()).isTrue();
  }

  @Test
  void attributesAreFoundAddedAndRemoved() {
    Attributes attributes = Attributes.of(new MidAttribute("0"), FlagAttribute.RTCP_MUX);

    assertThat(attributes.first(MidAttribute.class)).isEqualTo(new MidAttribute("0"));
    assertThat(attributes.first(TlsIdAttribute.class)).isNull();
    assertThat(attributes.with(List.of(FlagAttribute.ICE_LITE)).has(FlagAttribute.ICE_LITE))
        .isTrue();
    assertThat(attributes.without(FlagAttribute.class::isInstance))
        .containsExactly(new MidAttribute("0"));
  }
}
