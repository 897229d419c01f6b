package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.KeyType;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// Whatever comes to the relay's UDP port breaks nothing and leaves nothing behind: nobody guesses
/// a cookie.
class DtlsTurnServerFuzzTest {
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final int MAX_PACKETS = 8;
  private static final int MAX_LENGTH = 600;

  /// What the header of a record with a ClientHello begins with.
  private static final byte[] HELLO = {22, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0};

  private static final DtlsCertificate CERTIFICATE =
      DtlsCertificate.generate(
          KeyType.ECDSA_P256,
          Instant.EPOCH,
          Instant.parse("2100-01-01T00:00:00Z"),
          new SecureRandom());

  private static final RelayPorts CLOSED =
      new RelayPorts() {
        @Override
        public boolean open(TransportAddress address) {
          return false;
        }

        @Override
        public void close(TransportAddress address) {}
      };

  @FuzzTest(maxDuration = "60s")
  void strangersPackets(FuzzedDataProvider data) {
    TurnServer core =
        new TurnServer(
            TurnServerOptions.DEFAULT,
            new TurnUsers("klatsch", Map.of("me", "secret"), null),
            PeerPolicy.strict(),
            CLOSED,
            new SecureRandom());
    DtlsTurnServer server =
        new DtlsTurnServer(
            core,
            StreamLimits.DEFAULT,
            new SecureRandom(),
            (work, done) -> {
              work.run();
              done.accept(0);
            });
    core.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
    server.certificate(CERTIFICATE);
    server.listen(SERVER);
    TransmitBuffer out = new TransmitBuffer(16, 2_048);
    for (int i = 0; i < MAX_PACKETS && data.remainingBytes() > 0; i++) {
      TransportAddress from = TransportAddress.ofIpv4(0xc0000201, 5_000 + data.consumeInt(0, 1));
      boolean hello = data.consumeBoolean();
      byte[] packet = data.consumeBytes(data.consumeInt(0, MAX_LENGTH));
      if (hello) {
        System.arraycopy(HELLO, 0, packet, 0, Math.min(HELLO.length, packet.length));
      }
      server.handlePacket(0, SERVER, from, 0, packet, 0, packet.length);
      Pump.run(server, 0, out, event -> {});
      out.clear();
    }
    assertThat(server.size()).isZero();
    assertThat(core.counters().allocations()).isZero();
  }
}
