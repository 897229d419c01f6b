package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class JsonTest {
  @Test
  void aDescriptionSurvivesTheWayToJsonAndBack() {
    RTCSessionDescriptionInit offer =
        new RTCSessionDescriptionInit(RTCSdpType.OFFER, "v=0\r\ns=\"\\ä😀\u0001\t\r\n");
    assertThat(RTCSessionDescriptionInit.fromJSON(offer.toJSON())).isEqualTo(offer);
  }

  @Test
  void readsWhatBrowsersWrite() {
    assertThat(
            RTCIceCandidateInit.fromJSON(
                "{\"candidate\":\"candidate:1 1 udp 1 192.0.2.1 9 typ host\",\"sdpMid\":\"0\","
                    + "\"sdpMLineIndex\":0,\"usernameFragment\":\"abcd\"}"))
        .isEqualTo(
            new RTCIceCandidateInit("candidate:1 1 udp 1 192.0.2.1 9 typ host", "0", 0, "abcd"));
    assertThat(RTCSessionDescriptionInit.fromJSON(" { \"type\" : \"answer\" , \"sdp\":\"v=0\"} "))
        .isEqualTo(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, "v=0"));
  }

  @Test
  void writesNullsAsBrowsersDo() {
    assertThat(new RTCIceCandidateInit("", "0").toJSON())
        .isEqualTo(
            "{\"candidate\":\"\",\"sdpMid\":\"0\",\"sdpMLineIndex\":null,"
                + "\"usernameFragment\":null}");
    assertThat(RTCIceCandidateInit.fromJSON(new RTCIceCandidateInit("", "0").toJSON()))
        .isEqualTo(new RTCIceCandidateInit("", "0"));
  }

  @Test
  void skipsMembersItDoesNotKnow() {
    assertThat(
            RTCSessionDescriptionInit.fromJSON(
                "{\"x\":{\"a\":[1,2,{\"b\":null}]},\"type\":\"offer\",\"y\":true,\"z\":-1.5e3}"))
        .isEqualTo(new RTCSessionDescriptionInit(RTCSdpType.OFFER));
  }

  @Test
  void refusesWhatIsNoJsonOrNoDescription() {
    for (String text :
        new String[] {
          "",
          "{",
          "[]",
          "{\"type\":}",
          "{\"type\":\"offer\"}x",
          "{\"a\":\"\\x\"}",
          "{\"a\":\"\\u12\"}",
          "{\"a\":tru}",
          "[".repeat(100_000),
          "{\"a\":" + "[".repeat(100_000)
        }) {
      assertThatThrownBy(() -> RTCSessionDescriptionInit.fromJSON(text))
          .isInstanceOfSatisfying(
              DOMException.class, e -> assertThat(e.name()).isEqualTo("SyntaxError"));
    }
    for (String text : new String[] {"{}", "{\"type\":\"offering\"}", "{\"type\":null}"}) {
      assertThatThrownBy(() -> RTCSessionDescriptionInit.fromJSON(text))
          .isInstanceOfSatisfying(
              DOMException.class, e -> assertThat(e.name()).isEqualTo("TypeError"));
    }
  }

  @Test
  void randomTextOnlyEverRaisesDomExceptions() {
    long seed = 42;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    String alphabet = "{}[]\":,\\u0123abctruefalsn \n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder("{");
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        RTCIceCandidateInit.fromJSON(text.toString());
      } catch (DOMException expected) {
        assertThat(expected.name()).isIn("SyntaxError", "TypeError");
      }
    }
  }
}
