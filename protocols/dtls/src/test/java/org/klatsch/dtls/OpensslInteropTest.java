package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against `openssl s_server` and `s_client`.
@Tag("interop")
class OpensslInteropTest {
  private static final String LABEL = "EXPERIMENTAL-klatsch";
  private static final byte[] HELLO = "hello openssl\n".getBytes(StandardCharsets.UTF_8);
  private static final String COMBINATIONS =
      """
      ECDSA_P256, ECDHE-ECDSA-AES128-GCM-SHA256, X25519:P-256, SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_128_GCM
      ECDSA_P256, ECDHE-ECDSA-AES256-GCM-SHA384, P-256, SRTP_AEAD_AES_256_GCM, SRTP_AEAD_AES_256_GCM
      ECDSA_P384, ECDHE-ECDSA-CHACHA20-POLY1305, P-384, SRTP_AES128_CM_SHA1_80, SRTP_AES128_CM_HMAC_SHA1_80
      RSA_2048, ECDHE-RSA-AES128-GCM-SHA256, X25519, SRTP_AES128_CM_SHA1_32, SRTP_AES128_CM_HMAC_SHA1_32
      RSA_2048, ECDHE-RSA-AES256-GCM-SHA384, P-384, SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_128_GCM
      RSA_3072, ECDHE-RSA-CHACHA20-POLY1305, P-256, SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_128_GCM
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(textBlock = COMBINATIONS)
  void agreesWithItsServer(
      KeyType type, String cipher, String group, String profile, SrtpProfile expected)
      throws Exception {
    requireOpenssl();
    int port = freePort();
    List<String> command = command("s_server", type, cipher, group, profile);
    command.addAll(List.of("-accept", "127.0.0.1:" + port, "-Verify", "1"));
    Process openssl = start(command);
    DtlsOptions options = withProfiles(TestPair.clientOptions(type)).build();
    InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (UdpEnd ours = new UdpEnd(options, peer)) {
      talk(openssl, ours, type, expected);
    } finally {
      openssl.destroy();
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = COMBINATIONS)
  void agreesWithItsClient(
      KeyType type, String cipher, String group, String profile, SrtpProfile expected)
      throws Exception {
    requireOpenssl();
    DtlsOptions options = withProfiles(TestPair.serverOptions(type)).build();
    try (UdpEnd ours = new UdpEnd(options, null)) {
      List<String> command = command("s_client", type, cipher, group, profile);
      command.addAll(List.of("-connect", "127.0.0.1:" + ours.port()));
      Process openssl = start(command);
      try {
        talk(openssl, ours, type, expected);
      } finally {
        openssl.destroy();
      }
    }
  }

  @Test
  void refusesToRenegotiate() throws Exception {
    requireOpenssl();
    KeyType type = KeyType.ECDSA_P256;
    try (UdpEnd ours = new UdpEnd(TestPair.serverOptions(type).build(), null)) {
      ours.end.connection.remoteFingerprints(
          0, List.of(TestCertificates.client(type).fingerprint("sha-256")));
      List<String> command =
          command("s_client", type, "DEFAULT", "X25519:P-256", "SRTP_AEAD_AES_128_GCM");
      command.addAll(List.of("-connect", "127.0.0.1:" + ours.port()));
      Process openssl = start(command);
      try {
        ours.start();
        assertThat(ours.runUntil(ours.end.connection::isConnected, 20_000)).isTrue();
        openssl.getOutputStream().write("R\n".getBytes(StandardCharsets.US_ASCII));
        openssl.getOutputStream().flush();
        DtlsStatistics statistics = ours.end.connection.statistics();
        assertThat(
                ours.runUntil(
                    () -> statistics.dropped(DropReason.RENEGOTIATION_REFUSED) > 0, 20_000))
            .isTrue();
        assertThat(ours.end.events)
            .filteredOn(DtlsEvent.HandshakeCompleted.class::isInstance)
            .hasSize(1);
      } finally {
        openssl.destroy();
      }
    }
  }

  private void talk(Process openssl, UdpEnd ours, KeyType type, SrtpProfile expected)
      throws IOException {
    ours.end.connection.remoteFingerprints(
        0, List.of(TestCertificates.client(type).fingerprint("sha-512")));
    ours.start();
    assertThat(
            ours.runUntil(
                () -> ours.end.connection.isConnected() || ours.end.connection.isClosed(), 20_000))
        .as("%s", ours.end.events)
        .isTrue();
    assertThat(ours.end.negotiated().srtpProfile()).isEqualTo(expected);
    assertThat(ours.end.negotiated().extendedMasterSecret()).isTrue();
    String keys =
        HexFormat.of()
            .withUpperCase()
            .formatHex(ours.end.connection.exportKeyingMaterial(LABEL, 20));
    ours.end.send(HELLO);
    ours.flush();
    openssl.getOutputStream().write(HELLO);
    openssl.getOutputStream().flush();
    assertThat(ours.runUntil(() -> !ours.end.received.isEmpty(), 20_000)).isTrue();
    assertThat(ours.end.received.getFirst()).isEqualTo(HELLO);
    assertThat(ours.runUntil(() -> output().contains("hello openssl"), 20_000)).isTrue();
    assertThat(output()).contains("Keying material: " + keys);
    ours.end.connection.close(ours.now());
    ours.end.pump(ours.now());
    ours.flush();
  }

  private String output() {
    try {
      return Files.readString(folder.resolve("output"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static DtlsOptions.Builder withProfiles(DtlsOptions.Builder options) {
    return options.srtpProfiles(List.of(SrtpProfile.values()));
  }

  private List<String> command(
      String program, KeyType type, String cipher, String group, String profile)
      throws IOException {
    Path pem = folder.resolve("certificate.pem");
    Files.writeString(pem, TestCertificates.client(type).toPem());
    return new ArrayList<>(
        List.of(
            "openssl",
            program,
            "-dtls1_2",
            "-cert",
            pem.toString(),
            "-key",
            pem.toString(),
            "-cipher",
            cipher,
            "-groups",
            group,
            "-use_srtp",
            profile,
            "-mtu",
            "1200",
            "-keymatexport",
            LABEL,
            "-keymatexportlen",
            "20"));
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void requireOpenssl() throws IOException, InterruptedException {
    boolean found;
    try {
      found = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    if (Boolean.getBoolean("klatsch.requireAll")) {
      assertThat(found).as("openssl is installed").isTrue();
    }
    assumeTrue(found, "openssl is not installed");
  }
}
