package org.klatsch.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipMessageTest {
  private static final String INVITE =
      """
      INVITE sip:bob@biloxi.com SIP/2.0
      Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks;rport
      From: "Alice" <sip:alice@atlanta.com>;tag=asdyka899
      To: sip:bob@biloxi.com
      Call-ID: asidkj3ss
      CSeq: 1 INVITE
      Max-Forwards: 70
      Supported: path, outbound, gruu
      k: replaces
      Route: <sip:proxy.example.com:443;transport=ws;lr>, "P, Q" <sip:[2001:db8::1];lr>;x=y
      Contact: <sip:alice@atlanta.com;gr=urn:uuid:f81;ob>;+sip.instance="<urn:uuid:f81>"
      Session-Expires: 1800;refresher=uac
      Min-SE: 90
      Replaces: 98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff
      Event: refer;id=93809824
      Subscription-State: terminated;reason=noresource
      RAck: 776656 1 INVITE
      Retry-After: 120 (I'm in (a) meeting);duration=60
      Reason: Q.850;cause=16;text="Terminated", SIP;cause=200
      Proxy-Authorization: Digest username="alice", realm="x, y", nc=00000001, qop=auth
      Content-Type: application/sdp
      Content-Length: 3

      v=0\
      """;

  private static SipRequest invite() throws MalformedSipException {
    return (SipRequest) SipMessageReader.parse(INVITE.replace("\n", "\r\n"));
  }

  @Test
  void readsHeadersByTheirTypes() throws MalformedSipException {
    SipRequest invite = invite();
    assertThat(invite.via().transport()).isEqualTo("WSS");
    assertThat(invite.via().parameters().has("rport")).isTrue();
    assertThat(invite.from().tag()).isEqualTo("asdyka899");
    assertThat(invite.to().tag()).isNull();
    assertThat(invite.all(SipHeader.SUPPORTED))
        .containsExactly("path", "outbound", "gruu", "replaces");
    assertThat(invite.all(SipHeader.ROUTE))
        .extracting(NameAddr::toString)
        .containsExactly(
            "<sip:proxy.example.com:443;transport=ws;lr>", "\"P, Q\" <sip:[2001:db8::1];lr>;x=y");
    assertThat(invite.contact().parameters().value("+sip.instance")).isEqualTo("<urn:uuid:f81>");
    assertThat(invite.first(SipHeader.SESSION_EXPIRES))
        .isEqualTo(SessionExpires.of(1800, SessionExpires.Refresher.UAC));
    assertThat(invite.first(SipHeader.REPLACES))
        .isEqualTo(Replaces.of("98732@sip.example.com", "ff87ff", "r33th4x0r"));
    assertThat(invite.first(SipHeader.EVENT).parameter("id")).isEqualTo("93809824");
    assertThat(invite.first(SipHeader.SUBSCRIPTION_STATE).value()).isEqualTo("terminated");
    assertThat(invite.first(SipHeader.RACK)).isEqualTo(new RAck(776656, new CSeq(1, "INVITE")));
    assertThat(invite.first(SipHeader.RETRY_AFTER).parameters().value("duration")).isEqualTo("60");
    assertThat(invite.all(SipHeader.REASON))
        .extracting(reason -> reason.parameter("cause"))
        .containsExactly("16", "200");
    assertThat(invite.first(SipHeader.PROXY_AUTHORIZATION).value("realm")).isEqualTo("x, y");
    assertThat(invite.bodyText()).isEqualTo("v=0");
  }

  @Test
  void writesWhatItReads() throws MalformedSipException {
    SipRequest invite = invite();
    assertThat(SipMessageReader.parse(new String(invite.toBytes(), StandardCharsets.UTF_8)))
        .hasToString(invite.toString());
  }

  @Test
  void showsNoCredentials() throws MalformedSipException {
    assertThat(invite().toString()).doesNotContain("alice\", realm").contains("Authorization: …");
  }

  @Test
  void answersTakeWhatTheRequestSays() throws MalformedSipException {
    SipResponse response = invite().response(180);
    assertThat(new String(response.toBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            SIP/2.0 180 Ringing
            Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks;rport
            From: "Alice" <sip:alice@atlanta.com>;tag=asdyka899
            To: sip:bob@biloxi.com
            Call-ID: asidkj3ss
            CSeq: 1 INVITE
            Content-Length: 0

            """
                .replace("\n", "\r\n"));
  }

  @Test
  void headersAreChangedInPlace() throws MalformedSipException {
    SipRequest invite = invite();
    invite.set("Contact", "<sip:x@y>");
    invite.setAll(SipHeader.ROUTE, List.of());
    invite.add("X-Custom", "1");
    invite.removeFirst(SipHeader.SUPPORTED);
    invite.set("Allow", "INVITE, ACK");
    assertThat(invite.all(SipHeader.ALLOW)).containsExactly("INVITE", "ACK");
    assertThat(invite.contact()).isEqualTo(NameAddr.of(Uri.of("sip:x@y")));
    assertThat(invite.has(SipHeader.ROUTE)).isFalse();
    assertThat(invite.value("x-custom")).isEqualTo("1");
    assertThat(invite.lists(SipHeader.SUPPORTED, "OUTBOUND")).isTrue();
    assertThat(invite.lists(SipHeader.SUPPORTED, "path")).isFalse();
    assertThatThrownBy(() -> invite.set("CSeq", "x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toleratesBareLineFeeds() throws MalformedSipException {
    assertThat(((SipRequest) SipMessageReader.parse(INVITE)).callId()).isEqualTo("asidkj3ss");
  }

  @Test
  void knowsTheWildcardContact() throws MalformedSipException {
    SipRequest invite = invite();
    assertThat(invite.hasWildcardContact()).isFalse();
    String register = INVITE.replaceAll("Contact: .*", "Contact: *");
    SipMessage all = SipMessageReader.parse(register);
    assertThat(all.hasWildcardContact()).isTrue();
    assertThat(all.contact()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "Max-Forwards: 70,Max-Forwards: x",
    "CSeq: 1 INVITE,CSeq: 1",
    "Call-ID: asidkj3ss,Call-ID:",
    "SIP/2.0/WSS,SIP/1.0/WSS",
    "Content-Length: 3,Content-Length: 4",
    "Event: refer,Event: re fer",
    "RAck: 776656 1,RAck: 1",
    "Max-Forwards: 70,Max Forwards 70"
  })
  void refusesWithAnAnswer(String good, String bad) {
    assertThatThrownBy(() -> SipMessageReader.parse(INVITE.replace(good, bad)))
        .isInstanceOfSatisfying(
            MalformedSipException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.request()).isNotNull();
            });
  }

  @Test
  void anAckIsNeverAnswered() {
    String ack = INVITE.replace("INVITE sip", "ACK sip").replace("1 INVITE", "x ACK");
    assertThatThrownBy(() -> SipMessageReader.parse(ack))
        .isInstanceOfSatisfying(MalformedSipException.class, e -> assertThat(e.request()).isNull());
  }

  @Test
  void limitsWhatItReads() {
    byte[] bytes = INVITE.getBytes(StandardCharsets.UTF_8);
    for (SipLimits limits :
        List.of(
            new SipLimits(100, 10_000, 100, 100),
            new SipLimits(10_000, 100, 100, 100),
            new SipLimits(10_000, 10_000, 10, 100),
            new SipLimits(10_000, 10_000, 100, 10))) {
      assertThatThrownBy(() -> SipMessageReader.parse(bytes, 0, bytes.length, limits))
          .isInstanceOf(MalformedSipException.class);
    }
  }

  @Test
  void writesAndFindsParts() throws MalformedSipException {
    SipRequest invite = invite();
    byte[] location = "<here/>".getBytes(StandardCharsets.UTF_8);
    byte[] description = "v=0\r\n".getBytes(StandardCharsets.UTF_8);
    MultipartBody.set(
        invite,
        "mixed",
        "b1",
        List.of(
            BodyPart.of("application/pidf+xml", location),
            BodyPart.of("application/sdp", description)));
    byte[] bytes = invite.toBytes();
    SipMessage read = SipMessageReader.parse(bytes, 0, bytes.length);
    assertThat(MultipartBody.find(read, "application/sdp")).isEqualTo(description);
    assertThat(MultipartBody.find(read, "application/pidf+xml")).isEqualTo(location);
    assertThat(MultipartBody.find(read, "text/plain")).isNull();
    assertThat(MultipartBody.find(invite(), "application/sdp")).hasSize(3);
  }

  @Test
  void refusesPartsWithoutEnd() throws MalformedSipException {
    SipRequest invite = invite();
    invite.body("multipart/mixed;boundary=b", "--b\r\n\r\nx");
    assertThatThrownBy(() -> MultipartBody.parts(invite)).isInstanceOf(MalformedSipException.class);
  }
}
