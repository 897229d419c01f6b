package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.net.proxy.ProxyDialer;
import org.klatsch.net.proxy.ProxyException;
import org.klatsch.net.proxy.ProxyHandshake;
import org.klatsch.net.proxy.ProxySettings;
import org.klatsch.sansio.TransportAddress;

class ProxyTest {
  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void answer(ProxyHandshake handshake, byte... bytes) throws ProxyException {
    for (byte each : bytes) {
      handshake.handleByte(each);
    }
  }

  private static ProxySettings http(String user) {
    return ProxySettings.parse("http://" + user + "proxy.example:3128");
  }

  @Test
  void asksAnHttpProxyToConnect() throws Exception {
    ProxyHandshake handshake = new ProxyHandshake(http(""), "2001:db8::1", 443);
    assertThat(new String(handshake.poll(), StandardCharsets.ISO_8859_1))
        .isEqualTo("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n");
    assertThat(handshake.poll()).isNull();
    answer(handshake, latin("HTTP/1.0 100 wait\r\n\r\n"));
    assertThat(handshake.isDone()).isFalse();
    answer(handshake, latin("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"));
    assertThat(handshake.isDone()).isTrue();
  }

  @Test
  void authenticatesAtAnHttpProxy() throws Exception {
    ProxyHandshake handshake =
        new ProxyHandshake(http("Aladdin:open%20sesame@"), "turn.example", 443);
    // The example of RFC 7617 §2.
    assertThat(new String(handshake.poll(), StandardCharsets.ISO_8859_1))
        .contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
    assertThatThrownBy(
            () -> answer(handshake, latin("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")))
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("407");
  }

  @Test
  void asksASocksProxyToConnectByAddressOrName() throws Exception {
    ProxySettings settings = ProxySettings.parse("socks5://proxy.example");
    assertThat(settings.port()).isEqualTo(1080);
    ProxyHandshake address = new ProxyHandshake(settings, "192.0.2.7", 3478);
    assertThat(address.poll()).containsExactly(5, 1, 0);
    answer(address, (byte) 5, (byte) 0);
    assertThat(address.poll()).containsExactly(5, 1, 0, 1, 192, 0, 2, 7, 3478 >> 8, 3478 & 0xff);
    answer(address, new byte[] {5, 0, 0, 1, 10, 0, 0, 1, 4});
    assertThat(address.isDone()).isFalse();
    answer(address, (byte) 210);
    assertThat(address.isDone()).isTrue();

    ProxyHandshake name = new ProxyHandshake(settings, "a.b", 80);
    name.poll();
    answer(name, (byte) 5, (byte) 0);
    assertThat(name.poll()).containsExactly(5, 1, 0, 3, 3, 'a', '.', 'b', 0, 80);
    answer(name, new byte[] {5, 0, 0, 3, 2, 'h', 'i', 0, 1});
    assertThat(name.isDone()).isTrue();
  }

  @Test
  void authenticatesAtASocksProxy() throws Exception {
    ProxyHandshake handshake =
        new ProxyHandshake(ProxySettings.parse("socks5://me:p%40ss@[::1]:9050"), "::1", 1);
    assertThat(handshake.poll()).containsExactly(5, 2, 0, 2);
    answer(handshake, (byte) 5, (byte) 2);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(new byte[] {1, 2, 'm', 'e', 4});
    expected.writeBytes(latin("p@ss"));
    assertThat(handshake.poll()).isEqualTo(expected.toByteArray());
    answer(handshake, (byte) 1, (byte) 0);
    assertThat(handshake.poll()).startsWith(5, 1, 0, 4);
    assertThatThrownBy(() -> answer(handshake, (byte) 5, (byte) 2))
        .hasMessageContaining("not allowed");
  }

  @Test
  void theEnvironmentNamesTheProxy() throws Exception {
    TransportAddress to = TransportAddress.parse("192.0.2.1", 1);
    assertThat(ProxyDialer.ofEnvironment(Map.of())).isSameAs(StreamDialer.DIRECT);
    assertThat(ProxyDialer.ofEnvironment(Map.of("KLATSCH_PROXY", "socks5://127.0.0.1:1")))
        .isInstanceOf(ProxyDialer.class);
    StreamDialer none = ProxyDialer.ofEnvironment(Map.of("KLATSCH_PROXY", "what?"));
    assertThatThrownBy(() -> none.dial(to, to, Duration.ofSeconds(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("KLATSCH_PROXY");
  }

  /// A core's packets through a proxy of the test to another core.
  @ParameterizedTest
  @ValueSource(strings = {"http://me:secret@", "socks5://me:secret@", "http://", "socks5://"})
  void packetsGoThroughTheProxy(String prefix) throws Exception {
    try (TestProxy proxy = new TestProxy();
        NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build())) {
      StreamDialer dialer =
          new ProxyDialer(ProxySettings.parse(prefix + "127.0.0.1:" + proxy.port()));
      Endpoint passive = new Endpoint(network.loops().getFirst(), true);
      Endpoint active = new Endpoint(network.loops().getFirst(), false);
      TransportAddress server =
          network
              .loops()
              .getFirst()
              .call(() -> passive.driver.listen(Endpoint.LOOPBACK, PortRange.EPHEMERAL));
      active.local =
          network
              .loops()
              .getFirst()
              .call(() -> active.driver.openStreams(Endpoint.LOOPBACK, dialer));
      byte[] check = SharedPortTest.check("a:b");
      active.send(server, check);
      assertThat(passive.take().bytes()).isEqualTo(check);
      assertThat(active.take().bytes()).isEqualTo(check);
      assertThat(proxy.connections()).isEqualTo(1);
    }
  }

  @Test
  void neverShowsThePassword() {
    assertThat(http("me:secret@").toString()).contains("me").doesNotContain("secret");
  }

  @Test
  void refusesWhatIsNoProxyUrl() {
    for (String url : new String[] {"ftp://x:1", "http://", "proxy:80", "http://x:70000", "::"}) {
      assertThatThrownBy(() -> ProxySettings.parse(url))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anyAnswerEndsInAConnectionOrAnError() {
    Random random = new Random(1928);
    for (int run = 0; run < 500; run++) {
      ProxySettings settings =
          run % 2 == 0 ? http("u:p@") : ProxySettings.parse("socks5://u:p@proxy.example");
      ProxyHandshake handshake = new ProxyHandshake(settings, "192.0.2.1", 1);
      try {
        for (int i = 0; i < 20_000 && !handshake.isDone(); i++) {
          handshake.poll();
          handshake.handleByte((byte) (i == 0 && random.nextBoolean() ? 5 : random.nextInt(256)));
        }
        assertThat(handshake.isDone()).as("run " + run).isTrue();
      } catch (ProxyException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }
}
