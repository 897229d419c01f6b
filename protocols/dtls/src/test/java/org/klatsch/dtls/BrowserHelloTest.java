package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.PacketReader;

/// ClientHellos of Chromium 156 and Firefox ESR 153 as captured, each in two datagrams, offering
/// DTLS 1.3 and X25519MLKEM768 first.
class BrowserHelloTest {
  static List<byte[]> packets(String name) {
    try (InputStream in = BrowserHelloTest.class.getResourceAsStream(name + "-client-hello.hex")) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines().map(HexFormat.of()::parseHex).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] body(String name) {
    List<byte[]> packets = packets(name);
    int header = RecordHeader.LENGTH + HandshakeHeader.LENGTH;
    byte[] first = Arrays.copyOfRange(packets.get(0), header, packets.get(0).length);
    byte[] second = Arrays.copyOfRange(packets.get(1), header, packets.get(1).length);
    return KeySchedule12.concat(first, second);
  }

  @Test
  void parsesChromium() throws Exception {
    byte[] body = body("chromium-156");
    assertThat(body).hasSize(1413);
    ClientHello hello = ClientHello.parse(new PacketReader(body));
    assertThat(hello.extensions().supportedVersions()).containsExactly(0xfefc, 0xfefd);
    assertThat(hello.extensions().codes(Extensions.SUPPORTED_GROUPS))
        .containsExactly(0x11ec, 0x001d, 0x0017, 0x0018);
    assertThat(UseSrtp.parse(hello.extensions()).profiles()).containsExactly(1, 8, 7);
    assertThat(hello.encode()).isEqualTo(body);
  }

  @Test
  void parsesFirefox() throws Exception {
    byte[] body = body("firefox-esr-153");
    assertThat(body).hasSize(1461);
    ClientHello hello = ClientHello.parse(new PacketReader(body));
    assertThat(hello.extensions().supportedVersions()).containsExactly(0xfefc, 0xfefd, 0x0303);
    assertThat(hello.extensions().applicationProtocols()).containsExactly("webrtc", "c-webrtc");
    assertThat(hello.extensions().recordSizeLimit()).isEqualTo(0x4001);
    assertThat(UseSrtp.parse(hello.extensions()).profiles()).containsExactly(7, 8, 1, 2);
    assertThat(hello.encode()).isEqualTo(body);
  }

  @Test
  void answersEachWithVersion12InEitherOrderOfFragments() throws Exception {
    for (String name : List.of("chromium-156", "firefox-esr-153")) {
      for (List<byte[]> order : List.of(packets(name), packets(name).reversed())) {
        TestEnd server =
            new TestEnd(TestPair.serverOptions().applicationProtocols("webrtc").build(), 1);
        server.start(0);
        server.receive(0, order.get(0));
        assertThat(server.sent).isEmpty();
        server.receive(0, order.get(1));
        byte[] answer = server.sent.getFirst();
        int header = RecordHeader.LENGTH + HandshakeHeader.LENGTH;
        assertThat(answer[RecordHeader.LENGTH]).isEqualTo((byte) HandshakeType.SERVER_HELLO.code());
        int end = RecordHeader.LENGTH + RecordHeader.length(answer, 0);
        ServerHello hello =
            ServerHello.parse(new PacketReader(Arrays.copyOfRange(answer, header, end)));
        assertThat(hello.legacyVersion()).isEqualTo(0xfefd);
        assertThat(hello.extensions().has(Extensions.SUPPORTED_VERSIONS)).isFalse();
        assertThat(hello.cipherSuite()).isEqualTo(0xc02b);
        assertThat(UseSrtp.parse(hello.extensions()).profiles()).containsExactly(7);
        assertThat(hello.extensions().has(Extensions.EXTENDED_MASTER_SECRET)).isTrue();
        assertThat(hello.extensions().applicationProtocols())
            .isEqualTo(name.startsWith("firefox") ? List.of("webrtc") : List.of());
      }
    }
  }

  @Test
  void ignoresGreaseEverywhere() throws Exception {
    ClientHello real = ClientHello.parse(new PacketReader(body("chromium-156")));
    Extensions extensions = new Extensions().put(0x0a0a, new byte[] {0});
    for (int type : real.extensions().types()) {
      PacketReader content = real.extensions().reader(type);
      extensions.put(type, content.bytes(content.remaining()));
    }
    extensions.putCodes(Extensions.SUPPORTED_GROUPS, List.of(0x1a1a, 0x001d));
    extensions.put(
        Extensions.SUPPORTED_VERSIONS, new byte[] {4, 0x2a, 0x2a, (byte) 0xfe, (byte) 0xfd});
    ClientHello hello =
        new ClientHello(
            real.legacyVersion(),
            real.random(),
            real.sessionId(),
            real.cookie(),
            List.of(0x3a3a, 0xc02b),
            real.compressionMethods(),
            extensions);
    TestEnd server = new TestEnd(TestPair.serverOptions().build(), 1);
    server.start(0);
    server.receive(0, TestPackets.handshake(HandshakeType.CLIENT_HELLO, 0, hello.encode()));
    assertThat(server.connection.isClosed()).isFalse();
    assertThat(server.sent).isNotEmpty();
  }
}
