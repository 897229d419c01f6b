package org.klatsch.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SipUriTest {
  private static SipUri sip(String text) {
    return (SipUri) Uri.of(text);
  }

  /// The examples of RFC 3261 §19.1.3.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sip:alice@atlanta.com",
        "sip:alice:secretword@atlanta.com;transport=tcp",
        "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:+1-212-555-1212:1234@gateway.com;user=phone",
        "sips:1212@gateway.com",
        "sip:alice@192.0.2.4",
        "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
        "sip:alice;day=tuesday@atlanta.com",
        "sip:[2001:db8::10]:5070;transport=tls",
        "sip:df7jal23ls0d.invalid;transport=ws",
        "tel:+49-30-123;phone-context=example.com",
        "mailto:someone@example.com"
      })
  void roundTrips(String text) {
    assertThat(Uri.of(text)).hasToString(text);
  }

  /// RFC 3261 §19.1.4.
  @ParameterizedTest
  @CsvSource({
    "sip:%61lice@atlanta.com;transport=TCP,sip:alice@AtLanTa.CoM;Transport=tcp,true",
    "sip:carol@chicago.com,sip:carol@chicago.com;newparam=5,true",
    "sip:carol@chicago.com,sip:carol@chicago.com;security=on,true",
    "sip:carol@chicago.com;newparam=5,sip:carol@chicago.com;security=on,true",
    "sip:alice@atlanta.com?subject=project%20x&priority=urgent,sip:alice@atlanta.com?priority=urgent&subject=project%20x,true",
    "SIP:ALICE@AtLanTa.CoM;Transport=udp,sip:alice@AtLanTa.CoM;Transport=UDP,false",
    "sip:bob@biloxi.com,sip:bob@biloxi.com:5060,false",
    "sip:bob@biloxi.com,sip:bob@biloxi.com;transport=udp,false",
    "sip:bob@biloxi.com,sip:bob@biloxi.com:6000;transport=tcp,false",
    "sip:carol@chicago.com,sip:carol@chicago.com?Subject=next%20meeting,false",
    "sip:carol@chicago.com;security=on,sip:carol@chicago.com;security=off,false"
  })
  void comparesAsTheRfcDoes(String one, String other, boolean equivalent) {
    assertThat(sip(one).isEquivalent(sip(other))).isEqualTo(equivalent);
    assertThat(sip(other).isEquivalent(sip(one))).isEqualTo(equivalent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sip",
        "sip:",
        "sip:@host",
        "sip:user@",
        "sip:user@host:99999",
        "sip:us er@host",
        "sip:user@ho<st",
        "sip:user@host;=x",
        "sip:[::1",
        "tel:",
        "tel:+49x"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Uri.parse(text)).isInstanceOf(MalformedSipException.class);
  }

  @Test
  void escapesUsersAndHeaders() {
    SipUri uri = SipUri.of("a b@c#", HostPort.of("host"));
    assertThat(uri).hasToString("sip:a%20b%40c%23@host");
    assertThat(uri.userText()).isEqualTo("a b@c#");
    SipUri refer = uri.withHeader("Replaces", "call@x;to-tag=1;from-tag=2");
    assertThat(refer.header("replaces")).isEqualTo("call@x;to-tag=1;from-tag=2");
    assertThat(sip(refer.toString())).isEqualTo(refer);
  }

  @Test
  void numbersLoseTheirSeparators() {
    assertThat(Uri.of("tel:+49-(30)12.34").userText()).isEqualTo("+49301234");
  }

  @Test
  void schemeAndParameterNameTheTransport() {
    assertThat(sip("sip:a@b;transport=ws").transport()).isEqualTo(SipTransport.WS);
    assertThat(sip("sips:a@b;transport=ws").transport()).isEqualTo(SipTransport.WSS);
    assertThat(sip("sips:a@b;transport=tcp").transport()).isEqualTo(SipTransport.TLS);
    assertThat(sip("sip:a@b").transport()).isNull();
  }

  @Test
  void noValueEndsALine() {
    assertThatThrownBy(() -> new NameAddr("a\r\nEvil: 1", Uri.of("sip:a@b"), Parameters.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Parameters.of("x", "1\n"))
        .isInstanceOf(IllegalArgumentException.class);
    SipRequest request = new SipRequest("INFO", Uri.of("sip:a@b"));
    assertThatThrownBy(() -> request.add("X", "1\r\nY: 2"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
