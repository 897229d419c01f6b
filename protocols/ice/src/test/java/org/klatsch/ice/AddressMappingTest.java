package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;

class AddressMappingTest {
  private static final TransportAddress BASE = TransportAddress.parse("10.0.0.2", 5000);

  @ParameterizedTest
  @CsvSource({
    "203.0.113.5, 203.0.113.5, 5000",
    "203.0.113.5:443, 203.0.113.5, 443",
    "203.0.113.5/10.0.0.2, 203.0.113.5, 5000",
    "203.0.113.5:443/10.0.0.2:5000, 203.0.113.5, 443",
  })
  void mapsAddressAndPort(String text, String host, int port) {
    assertThat(AddressMapping.parse(text, true).map(BASE))
        .isEqualTo(TransportAddress.parse(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.5/10.0.0.3", "203.0.113.5/10.0.0.2:5001", "[2001:db8::5]:443"})
  void leavesOtherAddressesAlone(String text) {
    assertThat(AddressMapping.parse(text, true).map(BASE)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "example.org", "203.0.113.5:", "203.0.113.5:x", "1.2.3.4/::1", "0.0.0.0"})
  void refusesWhatIsNoMapping(String text) {
    assertThatThrownBy(() -> AddressMapping.parse(text, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> gathered(boolean replaces) {
    IceOptions options =
        IceOptions.DEFAULT.withAddressMappings(
            List.of(AddressMapping.parse("203.0.113.5:443", replaces)));
    IceAgent agent = new IceAgent(options, new SeededSecureRandom(1));
    agent.addLocalAddress(0, BASE, NetworkKind.ETHERNET, 0);
    agent.addLocalAddress(0, BASE.withPort(9).withProtocol(Protocol.TCP), NetworkKind.ETHERNET, 0);
    agent.startGathering(0);
    List<String> lines = new ArrayList<>();
    for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
      if (event instanceof IceEvent.LocalCandidateGathered told) {
        lines.add(told.candidate().toString().replaceFirst("candidate:\\d+ 1 ", ""));
      }
    }
    agent.restart(0);
    int again = 0;
    for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
      again += event instanceof IceEvent.LocalCandidateGathered ? 1 : 0;
    }
    assertThat(again).as("told again after a restart").isEqualTo(lines.size());
    return lines;
  }

  @Test
  void theExternalAddressTakesThePlaceOfTheInternalOne() {
    assertThat(gathered(true))
        .containsExactly(
            "udp 2130706431 203.0.113.5 443 typ host",
            "tcp 1524629503 203.0.113.5 9 typ host tcptype active");
  }

  @Test
  void theExternalAddressIsToldBesideTheInternalOne() {
    assertThat(gathered(false))
        .containsExactly(
            "udp 2130706431 10.0.0.2 5000 typ host",
            "udp 1694498815 203.0.113.5 443 typ srflx raddr 10.0.0.2 rport 5000",
            "tcp 1524629503 10.0.0.2 9 typ host tcptype active");
  }
}
