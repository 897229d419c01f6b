package org.klatsch.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionDescriptionTest {
  private static final String START = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";

  /// The example of RFC 8866 §5.
  private static final String EXAMPLE =
      """
      v=0
      o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
      s=Call to John Smith
      i=SDP Offer #1
      u=http://www.jdoe.example.com/home.html
      e=Jane Doe <jane@jdoe.example.com>
      p=+1 617 555-6011
      c=IN IP4 198.51.100.1
      t=0 0
      m=audio 49170 RTP/AVP 0
      m=audio 49180 RTP/AVP 0
      m=video 51372 RTP/AVP 99
      c=IN IP6 2001:db8::2
      a=rtpmap:99 h263-1998/90000
      """
          .replace("\n", "\r\n");

  @ParameterizedTest
  @MethodSource("org.klatsch.sdp.Captures#names")
  void writesWhatABrowserWrote(String name) throws MalformedSdpException {
    String text = Captures.text(name);

    SessionDescription description = SessionDescription.parse(text);

    // Only this relic is spelled with a space by Chromium.
    assertThat(description.toString())
        .isEqualTo(text.replace("a=msid-semantic: ", "a=msid-semantic:"));
  }

  @ParameterizedTest
  @MethodSource("org.klatsch.sdp.Captures#names")
  void typesEveryAttributeOfABrowserButTheOnesNobodyNeeds(String name)
      throws MalformedSdpException {
    SessionDescription description = SessionDescription.parse(Captures.text(name));

    assertThat(description.media())
        .flatExtracting(media -> media.attributes().all(OtherAttribute.class))
        .extracting(OtherAttribute::attributeName)
        .isSubsetOf("rtcp-xr");
    assertThat(description.attributes().all(OtherAttribute.class)).isEmpty();
  }

  @Test
  void readsTheDataOfferOfChromium() throws MalformedSdpException {
    SessionDescription description =
        SessionDescription.parse(Captures.text("chromium-data-offer.sdp"));

    MediaDescription data = description.media().getFirst();
    assertThat(description.origin().sessionId()).isEqualTo("1751969183911158262");
    assertThat(description.attributes().first(GroupAttribute.class))
        .isEqualTo(new GroupAttribute("BUNDLE", List.of("0")));
    assertThat(data.port()).isEqualTo(49_497);
    assertThat(data.protocol()).isEqualTo("UDP/DTLS/SCTP");
    assertThat(data.formats()).containsExactly("webrtc-datachannel");
    assertThat(data.connections()).containsExactly(new Connection("IN", "IP4", "192.0.2.2"));
    assertThat(data.mid()).isEqualTo("0");
    assertThat(data.attributes().first(IceUfragAttribute.class).ufrag()).isEqualTo("Ufuh");
    assertThat(data.attributes().first(IcePwdAttribute.class).pwd())
        .isEqualTo("oRD3F2z5d0ar8QNurP1tbK4H");
    assertThat(data.attributes().first(IceOptionsAttribute.class).options())
        .containsExactly("trickle");
    assertThat(data.attributes().first(FingerprintAttribute.class).algorithm())
        .isEqualTo("sha-256");
    assertThat(data.attributes().first(SetupAttribute.class)).isEqualTo(SetupAttribute.ACTPASS);
    assertThat(data.attributes().first(SctpPortAttribute.class).port()).isEqualTo(5000);
    assertThat(data.attributes().first(MaxMessageSizeAttribute.class).bytes()).isEqualTo(262_144);
    assertThat(data.attributes().all(CandidateAttribute.class))
        .hasSize(4)
        .element(3)
        .isEqualTo(
            new CandidateAttribute(
                "3206336631",
                1,
                "tcp",
                1_518_285_567L,
                "fd00::2",
                9,
                "host",
                null,
                -1,
                List.of(
                    new CandidateAttribute.Extension("tcptype", "active"),
                    new CandidateAttribute.Extension("generation", "0"),
                    new CandidateAttribute.Extension("network-id", "2"))));
  }

  @Test
  void readsSessionLevelAttributesOfFirefox() throws MalformedSdpException {
    SessionDescription description =
        SessionDescription.parse(Captures.text("firefox-data-offer.sdp"));

    assertThat(description.attributes()).contains(DirectionAttribute.SENDRECV);
    assertThat(description.attributes().all(FingerprintAttribute.class)).hasSize(1);
    assertThat(description.media().getFirst().attributes().has(FlagAttribute.END_OF_CANDIDATES))
        .isTrue();
  }

  @Test
  void readsMediaAttributesOfChromium() throws MalformedSdpException {
    MediaDescription video =
        SessionDescription.parse(Captures.text("chromium-offer.sdp")).media().get(1);

    assertThat(video.attributes().first(RtpmapAttribute.class))
        .isEqualTo(new RtpmapAttribute(96, "VP8", 90_000, null));
    assertThat(video.attributes().all(RtcpFbAttribute.class))
        .contains(new RtcpFbAttribute("96", "nack", "pli"));
    assertThat(video.attributes().all(FmtpAttribute.class).get(1).parameters())
        .containsEntry("packetization-mode", "1")
        .containsEntry("profile-level-id", "42001f");
    assertThat(video.attributes().first(SsrcGroupAttribute.class))
        .isEqualTo(new SsrcGroupAttribute("FID", List.of(1_860_268_721L, 2_916_058_979L)));
    assertThat(video.attributes().has(FlagAttribute.RTCP_RSIZE)).isTrue();
  }

  @Test
  void writesTheExampleOfTheRfc() throws MalformedSdpException {
    assertThat(SessionDescription.parse(EXAMPLE)).hasToString(EXAMPLE);
  }

  @Test
  void writesEveryLineInTheOrderOfTheRfc() throws MalformedSdpException {
    String text =
        """
        v=0
        o=- 1 2 IN IP4 0.0.0.0
        s=-
        i=session
        u=http://example.org/
        e=a@example.org
        e=b@example.org
        p=+1
        c=IN IP4 224.2.1.1/127/3
        b=AS:128
        b=TIAS:64000
        t=3034423619 3042462419
        r=7d 1h 0 25h
        r=604800 3600 0 90000
        t=0 0
        z=2882844526 -1h 2898848070 0
        k=prompt
        a=recvonly
        m=audio 49170/2 RTP/AVP 0 8
        i=media
        c=IN IP4 224.2.1.1/127
        c=IN IP4 224.2.1.2/127
        b=CT:5
        k=clear:x
        a=ptime:20
        """
            .replace("\n", "\r\n");
    assertThat(SessionDescription.parse(text)).hasToString(text);
  }

  @Test
  void toleratesWhatPeersForget() throws MalformedSdpException {
    String tidy = START + "a=mid:0\r\n";

    assertThat(SessionDescription.parse(tidy.replace("\r", ""))).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy.strip())).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy + "\r\n \n")).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy.replace("s=-\r\n", ""))).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy.replace("s=-", "s="))).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy.replace("t=0 0\r\n", ""))).hasToString(tidy);
    assertThat(SessionDescription.parse(tidy.replace("t=0 0\r\n", "") + "t=0 0\r\n"))
        .hasToString(tidy);
    assertThat(SessionDescription.parse(tidy + "y=unknown\r\n")).hasToString(tidy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 1",
        "x | 1",
        "o=- 1 2 IN IP4 0.0.0.0 | 1",
        "v=1 | 1",
        "v=0 | 1",
        "v=0;v=0 | 2",
        "v=0;o=- 1 IN IP4 0.0.0.0 | 2",
        "v=0;o=- x 2 IN IP4 0.0.0.0 | 2",
        "v=0;o=- 1 2 IN IP4 0.0.0.0 more | 2",
        "v=0;o=- 1 2 IN IP4 h;o=- 1 2 IN IP4 h | 3",
        "v=0;o=- 1 2 IN IP4 h;;s=- | 3",
        "v=0;o=- 1 2 IN IP4 h;s=-;c=IN IP4 | 4",
        "v=0;o=- 1 2 IN IP4 h;s=-;c=IN IP4 h;c=IN IP4 h | 5",
        "v=0;o=- 1 2 IN IP4 h;t=0 | 3",
        "v=0;o=- 1 2 IN IP4 h;t=-1 0 | 3",
        "v=0;o=- 1 2 IN IP4 h;r=1 | 3",
        "v=0;o=- 1 2 IN IP4 h;b=AS | 3",
        "v=0;o=- 1 2 IN IP4 h;b=AS:9999999999999999999999 | 3",
        "v=0;o=- 1 2 IN IP4 h;a= | 3",
        "v=0;o=- 1 2 IN IP4 h;a=:x | 3",
        "v=0;o=- 1 2 IN IP4 h;m=audio | 3",
        "v=0;o=- 1 2 IN IP4 h;m=audio 65536 RTP/AVP 0 | 3",
        "v=0;o=- 1 2 IN IP4 h;m=audio 9/0 RTP/AVP 0 | 3",
        "v=0;o=- 1 2 IN IP4 h;m=audio 9 RTP/AVP | 3",
        "v=0;o=- 1 2 IN IP4 h;m=audio 9 RTP/AVP 0;a=mid: | 4",
        "v=0;o=- 1 2 IN IP4 h;m=audio 9 RTP/AVP 0;v=0 | 4",
      })
  void namesTheLineThatIsWrong(String lines, int line) {
    MalformedSdpException e =
        catchThrowableOfType(
            MalformedSdpException.class,
            () -> SessionDescription.parse(lines.replace(";", "\r\n")));

    assertThat(e).isNotNull();
    assertThat(e.line()).isEqualTo(line);
    assertThat(e).hasMessageStartingWith("line " + line + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=x:\u0000", "a=x:\ry", "i=a\rb"})
  void refusesControlCharactersWithinALine(String line) {
    assertThatThrownBy(() -> SessionDescription.parse(START + line + "\r\na=y\r\n"))
        .isInstanceOf(MalformedSdpException.class)
        .hasMessageContaining("NUL or CR");
  }

  @Test
  void refusesBombs() {
    SdpLimits limits = new SdpLimits(2000, 300, 30, 3);

    assertThatThrownBy(() -> SessionDescription.parse(START + "x".repeat(2000), limits))
        .hasMessageContaining("expected at most 2000");
    assertThatThrownBy(() -> SessionDescription.parse(START + "a=" + "x".repeat(299), limits))
        .hasMessageContaining("line 5: 301 characters, expected at most 300");
    assertThatThrownBy(() -> SessionDescription.parse(START + "a=x\r\n".repeat(27), limits))
        .hasMessageContaining("line 31: more than 30 lines");
    assertThatThrownBy(() -> SessionDescription.parse(START + "m=a 0 x 0\n".repeat(4), limits))
        .hasMessageContaining("line 8: more than 3 m-sections");
    assertThatThrownBy(() -> SessionDescription.parse(START + "r=1\n".repeat(65)))
        .hasMessageContaining("more than 64 r= lines");
    assertThatThrownBy(
            () -> SessionDescription.parse(START + "m=audio 9 RTP/AVP" + " 0".repeat(513)))
        .hasMessageContaining("more than 512 times format");
  }

  @Test
  void messagesAreShortAndPrintable() {
    MalformedSdpException e =
        catchThrowableOfType(
            MalformedSdpException.class,
            () -> SessionDescription.parse("v=0\n\u0007" + "y".repeat(10_000)));

    assertThat(e.getMessage()).hasSizeLessThan(150).doesNotContain("\u0007").endsWith("…");
  }

  @Test
  void cannotBeMadeToSmuggleLines() {
    assertThatThrownBy(() -> new OtherAttribute("x", "y\r\na=z"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MidAttribute("0\na=z"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FmtpAttribute("96", "a\nb"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CandidateAttribute.parse("candidate:1 1 udp 1 h 1 typ host x y\nm="))
        .isInstanceOf(MalformedSdpException.class);
  }

  /// Captures with lines deleted, doubled, moved and damaged at random.
  @Test
  void parsesOrRefusesDamagedDescriptionsAndWritesWhatItParsed() {
    List<String> names = Captures.names().toList();
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    for (int seed = 0; seed < 20 * seeds; seed++) {
      Random random = new Random(seed);
      String damaged = damage(Captures.text(names.get(random.nextInt(names.size()))), random);
      SessionDescription parsed;
      try {
        parsed = SessionDescription.parse(damaged);
      } catch (MalformedSdpException e) {
        continue;
      }
      assertThat(reparsed(parsed)).as("seed %d", seed).isEqualTo(parsed);
    }
  }

  private static SessionDescription reparsed(SessionDescription description) {
    try {
      return SessionDescription.parse(description.toString());
    } catch (MalformedSdpException e) {
      throw new AssertionError(description.toString(), e);
    }
  }

  private static String damage(String text, Random random) {
    StringBuilder out = new StringBuilder();
    String[] lines = text.split("\r\n", -1);
    for (String line : lines) {
      switch (random.nextInt(40)) {
        case 0 -> {}
        case 1 -> out.append(line).append("\r\n").append(line).append('\n');
        case 2 -> out.append(lines[random.nextInt(lines.length)]).append("\r\n");
        case 3 -> {
          if (line.length() > 2) {
            int at = 2 + random.nextInt(line.length() - 2);
            out.append(line, 0, at).append((char) (1 + random.nextInt(300)));
            out.append(line, at + random.nextInt(2), line.length());
          }
          out.append("\r\n");
        }
        default -> out.append(line).append("\r\n");
      }
    }
    return out.toString();
  }
}
