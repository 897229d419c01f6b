package org.klatsch.sansio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransportAddressTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "2001:db8:0:0:0:0:0:1, 2001:db8::1",
    "2001:DB8::1, 2001:db8::1",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1",
    "fe80::1%3, fe80::1%3",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0"
  })
  void printsTheCanonicalFormOfRfc5952(String literal, String canonical) {
    assertThat(TransportAddress.parse(literal, 1).host()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1..2.3",
        "1.2.3.4 ",
        "01234.1.1.1",
        ":",
        ":::",
        "1:2",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "12345::",
        "::g",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "::1.2.3",
        "::1.2.3.4:5",
        "fe80::1%eth0",
        "fe80::1%",
        "abcd.local",
        "1:2:3:4:5:6:7:8::"
      })
  void refusesWhatIsNoLiteral(String text) {
    assertThat(TransportAddress.tryParse(text, 1)).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransportAddress.parse(text, 1))
        .withMessageContaining(text);
  }

  @Test
  void agreesWithTheJdkOnRandomAddresses() throws Exception {
    Random random = new Random(20261122);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      for (int j = 0; j < bytes.length; j++) {
        if (random.nextInt(3) == 0) {
          bytes[j] = 0;
        }
      }
      if (random.nextInt(4) == 0) {
        bytes[0] = (byte) (bytes.length == 4 ? 169 : 0xfe);
        bytes[1] = (byte) (bytes.length == 4 ? 254 : 0x80 | random.nextInt(64));
      }
      InetAddress jdk = InetAddress.getByAddress(bytes);
      TransportAddress ours = TransportAddress.of(bytes, 9);
      if (ours.isIpv4Mapped()) {
        continue; // The JDK turns these into IPv4.
      }
      assertThat(ours.addressBytes()).isEqualTo(bytes);
      assertThat(TransportAddress.parse(jdk.getHostAddress(), 9)).isEqualTo(ours);
      assertThat(TransportAddress.parse(ours.host(), 9)).isEqualTo(ours);
      assertThat(ours.isLoopback()).isEqualTo(jdk.isLoopbackAddress());
      assertThat(ours.isLinkLocal()).isEqualTo(jdk.isLinkLocalAddress());
      assertThat(ours.isMulticast()).isEqualTo(jdk.isMulticastAddress());
      assertThat(ours.isAnyLocal()).isEqualTo(jdk.isAnyLocalAddress());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, true", "172.16.0.1, true", "172.32.0.1, false", "192.168.9.9, true",
    "100.64.0.1, true", "100.128.0.1, false", "192.0.2.1, false", "fd00::1, true",
    "fc00::1, true", "fe80::1, false", "2001:db8::1, false"
  })
  void knowsPrivateSpace(String literal, boolean isPrivate) {
    assertThat(TransportAddress.parse(literal, 0).isPrivate()).isEqualTo(isPrivate);
  }

  @Test
  void showsTheOffendingPort() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransportAddress.ofIpv4(1, 65536))
        .withMessageContaining("65536");
  }
}
