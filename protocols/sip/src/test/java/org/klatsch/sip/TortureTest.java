package org.klatsch.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sip.TortureMessages.Torture;

/// What the parser makes of each message of RFC 4475; those that the user agent refuses are read
/// here.
class TortureTest {
  static List<Torture> messages() {
    return TortureMessages.all();
  }

  private static SipMessage read(String name) throws MalformedSipException {
    byte[] bytes =
        TortureMessages.all().stream()
            .filter(m -> m.name().equals(name))
            .findFirst()
            .orElseThrow()
            .bytes();
    return SipMessageReader.parse(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void handlesAsTheRfcSays(Torture torture) throws MalformedSipException {
    byte[] bytes = torture.bytes();
    if (torture.outcome().equals("400") || torture.outcome().equals("505")) {
      MalformedSipException refused =
          catchThrowableOfType(
              MalformedSipException.class, () -> SipMessageReader.parse(bytes, 0, bytes.length));
      assertThat(refused).isNotNull();
      assertThat(Integer.toString(refused.status())).isEqualTo(torture.outcome());
      assertThat(refused.request()).isNotNull();
      SipResponse answer = refused.request().response(refused.status());
      assertThat(new String(answer.toBytes(), 0, 11)).isEqualTo("SIP/2.0 " + torture.outcome());
    } else if (torture.outcome().equals("dropped") && !torture.name().equals("bcast")) {
      MalformedSipException dropped =
          catchThrowableOfType(
              MalformedSipException.class, () -> SipMessageReader.parse(bytes, 0, bytes.length));
      assertThat(dropped).isNotNull();
      assertThat(dropped.request()).isNull();
    } else {
      SipMessage message = SipMessageReader.parse(bytes, 0, bytes.length);
      byte[] written = message.toBytes();
      SipMessage again = SipMessageReader.parse(written, 0, written.length);
      assertThat(again.toBytes()).isEqualTo(written);
      assertThat(again.body()).isEqualTo(message.body());
    }
  }

  @Test
  void thereAreAllOfThem() {
    assertThat(messages()).hasSize(49);
  }

  @Test
  void readsATortuousInvite() throws MalformedSipException {
    SipRequest request = (SipRequest) read("wsinv");
    assertThat(request.to().tag()).isEqualTo("1918181833n");
    assertThat(request.from().displayName()).isEqualTo("J Rosenberg \\\"");
    assertThat(request.first(SipHeader.MAX_FORWARDS)).isEqualTo(68);
    assertThat(request.cseq()).isEqualTo(new CSeq(9, "INVITE"));
    assertThat(request.all(SipHeader.VIA))
        .extracting(Via::toString)
        .containsExactly(
            "SIP/2.0/UDP 192.0.2.2;branch=390skdjuw",
            "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8",
            "SIP/2.0/UDP 192.168.255.111;branch=z9hG4bK30239");
    assertThat(request.contact().displayName()).isEqualTo("Quoted string \"\"");
    assertThat(request.contact().parameters().value("newparam")).isEqualTo("newvalue");
    assertThat(request.contact().parameters().has("secondparam")).isTrue();
    assertThat(request.contact().parameters().value("q")).isEqualTo("0.33");
    assertThat(request.value("NewFangledHeader"))
        .isEqualTo("newfangled value continued newfangled value");
    assertThat(request.value("Subject")).isEmpty();
  }

  @Test
  void readsAWideRangeOfCharacters() throws MalformedSipException {
    SipRequest request = (SipRequest) read("intmeth");
    assertThat(request.method()).isEqualTo("!interesting-Method0123456789_*+`.%indeed'~");
    SipUri uri = (SipUri) request.uri();
    assertThat(uri.user()).isEqualTo("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    assertThat(uri.password()).isEqualTo("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
    assertThat(request.to().displayName()).isEqualTo("BEL:\u0007 NUL:\0 DEL:\u007f");
    assertThat(request.from().parameters().value("fromParam''~+*_!.-%")).isEqualTo("работающий");
    assertThat(request.value("extensionHeader-!.%*+_`'~")).isEqualTo("\uFEFF大停電");
  }

  @Test
  void keepsEscapesApartFromWhatTheyStandFor() throws MalformedSipException {
    SipRequest request = (SipRequest) read("esc01");
    assertThat(request.uri().userText()).isEqualTo("sips:user@example.com");
    assertThat(((SipUri) request.uri()).host()).isEqualTo("example.net");
    assertThat(request.from().uri().userText()).isEqualTo("I have spaces");
    SipUri contact = (SipUri) request.contact().uri();
    assertThat(contact.isLooseRouter()).isTrue();
    assertThat(contact.userText()).isEqualTo("caller");
    assertThat(contact.parameters().value("name")).isEqualTo("v%61lue%25%34%31");
    assertThat(read("escnull").to().uri().userText()).isEqualTo("null-\0-null");
  }

  @Test
  void doesNotUnescapeTokens() throws MalformedSipException {
    SipRequest request = (SipRequest) read("esc02");
    assertThat(request.method()).isEqualTo("RE%47IST%45R");
    assertThat(request.to().displayName()).isEqualTo("%Z%45");
    assertThat(request.all(SipHeader.CONTACT)).hasSize(2);
  }

  @Test
  void ignoresWhatFollowsAMessageInADatagram() throws MalformedSipException {
    SipRequest request = (SipRequest) read("dblreq");
    assertThat(request.method()).isEqualTo("REGISTER");
    assertThat(request.hasBody()).isFalse();
  }

  @Test
  void readsAUserWithASemicolon() throws MalformedSipException {
    SipUri uri = (SipUri) ((SipRequest) read("semiuri")).uri();
    assertThat(uri.userText()).isEqualTo("user;par=u@example.net");
    assertThat(uri.parameters().isEmpty()).isTrue();
    assertThat(uri.host()).isEqualTo("example.com");
  }

  @Test
  void readsPartsWithBinaryContent() throws MalformedSipException {
    List<BodyPart> parts = MultipartBody.parts(read("mpart01"));
    assertThat(parts)
        .extracting(BodyPart::type)
        .containsExactly("text/plain", "application/octet-stream");
    assertThat(parts.getFirst().content()).isEqualTo("Hello".getBytes());
    assertThat(parts.getLast().content()).startsWith(0x30, 0x82).hasSizeGreaterThan(300);
  }

  @Test
  void readsReasonsInAnyLanguageAndNone() throws MalformedSipException {
    assertThat(((SipResponse) read("unreason")).reason())
        .isEqualTo("= 2**3 * 5**2 но сто девяносто девять - простое");
    assertThat(((SipResponse) read("noreason")).reason()).isEmpty();
  }

  @Test
  void parametersOfAnUnbracketedContactBelongToTheHeader() throws MalformedSipException {
    NameAddr bare = read("cparam01").contact();
    assertThat(bare.parameters().has("unknownparam")).isTrue();
    assertThat(((SipUri) bare.uri()).parameters().isEmpty()).isTrue();
    NameAddr bracketed = read("cparam02").contact();
    assertThat(bracketed.parameters().isEmpty()).isTrue();
    assertThat(((SipUri) bracketed.uri()).parameters().has("unknownparam")).isTrue();
    SipUri escaped = (SipUri) read("regescrt").contact().uri();
    assertThat(escaped.header("route")).isEqualTo("<sip:sip.example.com>");
  }
}
