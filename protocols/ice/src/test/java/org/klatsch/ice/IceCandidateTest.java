package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Seeds;

class IceCandidateTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Chromium and Firefox, captured.
        "candidate:1998334654 1 udp 2122194687 192.0.2.2 58533 typ host generation 0 network-id 1",
        "candidate:168361382 1 udp 2122265343 fd00::2 42038 typ host generation 0 network-id 2",
        "candidate:1120944074 1 tcp 1518285567 fd00::2 9 typ host tcptype active generation 0"
            + " network-id 2",
        "candidate:842163049 1 udp 1677729535 203.0.113.7 50123 typ srflx raddr 0.0.0.0 rport 0"
            + " generation 0 ufrag Zd1c network-cost 999",
        "candidate:2 1 udp 41885439 198.51.100.4 60000 typ relay raddr 203.0.113.7 rport 50123",
        "candidate:0 1 udp 2122187007 186f77b5-bdee-4a08-bf8c-bf620d221a34.local 53266 typ host",
      })
  void whatBrowsersWriteIsWrittenBackUnchanged(String line) throws Exception {
    assertThat(IceCandidate.parse(line)).hasToString(line);
    assertThat(IceCandidate.parse("a=" + line + "\r\n")).hasToString(line);
  }

  @Test
  void readsTheFieldsOfACandidate() throws Exception {
    IceCandidate candidate =
        IceCandidate.parse(
            "candidate:1 2 UDP 2130706431 2001:db8::1 4711 typ srflx raddr 10.0.0.2 rport 5000"
                + " ufrag abcd x");
    assertThat(candidate.foundation()).isEqualTo("1");
    assertThat(candidate.component()).isEqualTo(2);
    assertThat(candidate.isUdp()).isTrue();
    assertThat(candidate.priority()).isEqualTo(2130706431);
    assertThat(candidate.address()).isEqualTo(TransportAddress.parse("2001:db8::1", 4711));
    assertThat(candidate.type()).isEqualTo(CandidateType.SERVER_REFLEXIVE);
    assertThat(candidate.relatedHost()).isEqualTo("10.0.0.2");
    assertThat(candidate.relatedPort()).isEqualTo(5000);
    assertThat(candidate.extension("ufrag")).isEqualTo("abcd");
    assertThat(candidate.extension("network-id")).isNull();
  }

  @Test
  void namesOfMulticastDnsHaveOneLabel() throws Exception {
    String line = "candidate:0 1 UDP 2122187007 %s 53266 typ host";
    assertThat(IceCandidate.parse(line.formatted("a-b.local")).isMulticastDnsName()).isTrue();
    assertThat(IceCandidate.parse(line.formatted("A.LOCAL")).isMulticastDnsName()).isTrue();
    assertThat(IceCandidate.parse(line.formatted("a.b.local")).isMulticastDnsName()).isFalse();
    assertThat(IceCandidate.parse(line.formatted(".local")).isMulticastDnsName()).isFalse();
    assertThat(IceCandidate.parse(line.formatted("192.0.2.1")).isMulticastDnsName()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "candidate:",
        "candidate:1 1 udp 1 192.0.2.1 1 typ",
        "candidate:1 1 udp 1 192.0.2.1 1 type host",
        "candidate:1 0 udp 1 192.0.2.1 1 typ host",
        "candidate:1 257 udp 1 192.0.2.1 1 typ host",
        "candidate:1 1 udp 4294967296 192.0.2.1 1 typ host",
        "candidate:1 1 udp -1 192.0.2.1 1 typ host",
        "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
        "candidate:1 1 udp 1 192.0.2.1 99999999999999999999 typ host",
        "candidate:1 1 udp 1 192.0.2.1 1 typ moon",
        "candidate:1 1 udp 1 192.0.2.1 1 typ srflx raddr 1.2.3.4 rport x",
      })
  void refusesWhatIsNoCandidate(String line) {
    assertThatThrownBy(() -> IceCandidate.parse(line)).isInstanceOf(MalformedIceException.class);
  }

  @Test
  void refusesALineLongerThanAnyRealOne() {
    String line = "candidate:1 1 udp 1 192.0.2.1 1 typ host x " + "y".repeat(1100);
    assertThatThrownBy(() -> IceCandidate.parse(line))
        .isInstanceOf(MalformedIceException.class)
        .hasMessageContaining("characters");
  }

  @Test
  void aRelatedPortWithoutAddressSaysNothing() throws Exception {
    IceCandidate candidate =
        IceCandidate.parse("candidate:1 1 udp 1677729535 203.0.113.7 50123 typ srflx rport 7");
    assertThat(IceCandidate.parse(candidate.toString())).isEqualTo(candidate);
  }

  @Test
  void arbitraryTextOnlyRaisesTheModulesException() {
    String good =
        "candidate:842163049 1 udp 1677729535 203.0.113.7 50123 typ srflx raddr 0.0.0.0 rport 0";
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      for (int i = 0; i < 200; i++) {
        StringBuilder text = new StringBuilder(good);
        for (int j = random.nextInt(6); j >= 0; j--) {
          text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
        }
        try {
          IceCandidate candidate = IceCandidate.parse(text.toString());
          assertThat(IceCandidate.parse(candidate.toString())).isEqualTo(candidate);
        } catch (MalformedIceException expected) {
          assertThat(expected.getMessage()).isNotEmpty();
        }
      }
    });
  }
}
