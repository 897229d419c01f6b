package org.klatsch.turn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.TurnClient;
import org.klatsch.turn.TurnClientOptions;
import org.klatsch.turn.TurnMethod;
import org.klatsch.turn.TurnStreamDecoder;

/// Fuzz targets: the server's inputs before and after authentication, the client's, the stream's.
class TurnFuzzTest {
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 7000);

  @FuzzTest(maxDuration = "60s")
  void strangersPacket(byte[] packet) {
    RawServer raw = new RawServer();
    assertThat(raw.packet(RawServer.ADDRESS, RawServer.CLIENT, packet)).hasSizeLessThan(2);
    assertThat(raw.open).isEmpty();
  }

  /// A user who sends whatever it likes keeps within its caps.
  @FuzzTest(maxDuration = "60s")
  void usersRequests(FuzzedDataProvider data) throws MalformedStunException {
    RawServer raw = new RawServer();
    RawServer.User me = raw.me();
    TransportAddress relayed = me.allocate();
    int[] methods = {
      TurnMethod.ALLOCATE, TurnMethod.REFRESH, TurnMethod.CREATE_PERMISSION, TurnMethod.CHANNEL_BIND
    };
    int[] attributes = {
      StunAttributeType.CHANNEL_NUMBER,
      StunAttributeType.LIFETIME,
      StunAttributeType.XOR_PEER_ADDRESS,
      StunAttributeType.REQUESTED_ADDRESS_FAMILY,
      StunAttributeType.EVEN_PORT,
      StunAttributeType.REQUESTED_TRANSPORT,
      StunAttributeType.RESERVATION_TOKEN,
      StunAttributeType.ADDITIONAL_ADDRESS_FAMILY,
    };
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      raw.now += data.consumeLong(0, 400_000_000_000L);
      switch (data.consumeInt(0, 3)) {
        case 0 ->
            me.ask(
                data.pickValue(methods),
                writer -> {
                  for (int j = data.consumeInt(0, 4); j > 0; j--) {
                    writer.bytes(data.pickValue(attributes), data.consumeBytes(24));
                  }
                });
        case 1 -> me.send(PEER, data.consumeBytes(50));
        case 2 -> raw.packet(relayed, PEER, data.consumeBytes(50));
        default -> raw.packet(RawServer.ADDRESS, RawServer.CLIENT, data.consumeBytes(60));
      }
      assertThat(raw.open).hasSizeLessThanOrEqualTo(4);
    }
    raw.now += 7_200_000_000_000L;
    raw.drain();
    assertThat(raw.open).isEmpty();
  }

  @FuzzTest(maxDuration = "60s")
  void clientsPackets(FuzzedDataProvider data) {
    TurnClient client =
        new TurnClient(
            RawServer.CLIENT,
            RawServer.ADDRESS,
            new StunCredential.LongTerm("me", "secret"),
            TurnClientOptions.DEFAULT,
            new SecureRandom());
    TransmitBuffer out = new TransmitBuffer(64, 1500);
    client.allocate(0);
    long now = 0;
    for (int i = 0; i < 30 && data.remainingBytes() > 0; i++) {
      now += data.consumeLong(0, 100_000_000_000L);
      byte[] packet = data.consumeBytes(120);
      if (client.handlePacket(now, RawServer.ADDRESS, packet, 0, packet.length)) {
        assertThat(client.dataOffset() + client.dataLength()).isLessThanOrEqualTo(packet.length);
      }
      client.permit(now, PEER);
      out.clear();
      Pump.run(client, now, out, event -> {});
    }
  }

  @FuzzTest(maxDuration = "60s")
  void stream(FuzzedDataProvider data) {
    TurnStreamDecoder decoder = new TurnStreamDecoder(2048);
    try {
      while (data.remainingBytes() > 0) {
        byte[] piece = data.consumeBytes(data.consumeInt(1, 100));
        decoder.handleBytes(piece, 0, piece.length);
        while (decoder.next()) {
          assertThat(decoder.packetLength()).isLessThanOrEqualTo(2048);
        }
        assertThat(decoder.pendingBytes()).isLessThan(2048 + 100);
      }
    } catch (MalformedStunException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /// A client on a stream that sends whatever it likes, before and after authentication.
  @FuzzTest(maxDuration = "60s")
  void clientsStream(FuzzedDataProvider data) {
    RawServer raw = new RawServer();
    TurnStreamDecoder decoder = new TurnStreamDecoder(2048);
    TransmitBuffer out = new TransmitBuffer(64, 1500);
    try {
      while (data.remainingBytes() > 0) {
        byte[] piece = data.consumeBytes(data.consumeInt(1, 200));
        decoder.handleBytes(piece, 0, piece.length);
        while (decoder.next()) {
          raw.server.handleStream(
              raw.now,
              RawServer.ADDRESS,
              RawServer.CLIENT,
              decoder.buffer(),
              decoder.packetOffset(),
              decoder.packetLength());
          out.clear();
          while (raw.server.pollStream(out)) {
            // Every answer goes back to the client.
          }
          for (int i = 0; i < out.packetCount(); i++) {
            assertThat(out.packetRemote(i)).isEqualTo(RawServer.CLIENT);
          }
        }
      }
    } catch (MalformedStunException e) {
      raw.server.streamClosed(RawServer.ADDRESS, RawServer.CLIENT);
    }
    assertThat(raw.drain()).isEmpty();
    assertThat(raw.open).isEmpty();
  }
}
