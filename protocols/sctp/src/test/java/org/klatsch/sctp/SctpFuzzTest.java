package org.klatsch.sctp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;
import org.klatsch.sctp.dcep.DataChannelOpen;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.CommonHeader;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ErrorCause;
import org.klatsch.sctp.packet.ForwardTsnChunk;
import org.klatsch.sctp.packet.InitChunk;
import org.klatsch.sctp.packet.ReConfigChunk;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;

/// Arbitrary bytes never do worse than a counted drop.
class SctpFuzzTest {
  private static final long MS = 1_000_000;

  @FuzzTest
  void parsesChunks(byte[] data) {
    if (data.length < 4) {
      return;
    }
    int length = data.length;
    for (int parser = 0; parser < 6; parser++) {
      try {
        switch (parser) {
          case 0 -> InitChunk.parse(data, 0, length).encode(ChunkType.INIT_ACK);
          case 1 -> new SackChunk().parse(data, 0, length);
          case 2 -> new DataChunk().parse(data, 0, length);
          case 3 -> ForwardTsnChunk.parse(data, 0, length).encode();
          case 4 -> ReConfigChunk.parse(data, 0, length).encode();
          default -> ErrorCause.parseAll(data, 0, length);
        }
      } catch (SctpMalformedException _) {
        // What parsers may raise.
      }
    }
  }

  @FuzzTest
  void parsesDataChannelOpen(byte[] data) {
    try {
      DataChannelOpen open = DataChannelOpen.parse(data, 1000);
      DataChannelOpen.parse(open.toByteArray(), 65_535);
    } catch (SctpMalformedException _) {
      // What parsers may raise.
    }
  }

  /// The input is a list of packets: a length byte, then chunks; ports, tag and checksum are right.
  @FuzzTest
  void takesArbitraryChunks(byte[] data) {
    long now = 1_000 * MS;
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    Endpoint victim = pair[0];
    victim.send(now, 0, 100_000);
    victim.drain(now);
    byte[] sample = victim.wire.peek();
    int peerTag = CommonHeader.verificationTag(sample, 0);
    int ownTag = Wire.i32(victim.association.localInit(), 4);
    CRC32C crc = new CRC32C();
    int position = 0;
    for (int packets = 0; packets < 64 && position < data.length; packets++) {
      int length = Math.min((data[position] & 0xff) * 4, data.length - position - 1);
      byte[] packet = new byte[CommonHeader.LENGTH + length];
      CommonHeader.write(packet, 0, 5000, 5000, length > 0 && data[position + 1] == 1 ? 0 : ownTag);
      System.arraycopy(data, position + 1, packet, CommonHeader.LENGTH, length);
      CommonHeader.seal(crc, packet, 0, packet.length);
      position += 1 + length;
      victim.receive(now, packet);
      victim.drain(now);
      victim.wire.clear();
      now += 10 * MS;
    }
    for (int i = 0; i < 20 && victim.association.nextTimeout() != Long.MAX_VALUE; i++) {
      now = Math.max(now, victim.association.nextTimeout());
      victim.drain(now);
      victim.wire.clear();
    }
    if (peerTag == 0) {
      throw new AssertionError("no tag");
    }
  }

  /// The input decides what becomes of each packet between two associations.
  @FuzzTest
  void survivesMutations(byte[] data) {
    long now = 1_000 * MS;
    Endpoint[] pair = Endpoint.connected(SctpOptions.defaults(), SctpOptions.defaults(), now);
    pair[0].send(now, 0, 20_000);
    pair[1].send(now, 1, 20_000);
    pair[0].association.resetOutgoingStreams(now, 0);
    CRC32C crc = new CRC32C();
    ArrayDeque<byte[]> held = new ArrayDeque<>();
    for (int i = 0; i + 1 < data.length && i < 400; i += 2) {
      int side = data[i] & 1;
      Endpoint from = pair[side];
      Endpoint to = pair[1 - side];
      from.drain(now);
      byte[] packet = from.wire.poll();
      if (packet == null) {
        now += 100 * MS;
        continue;
      }
      switch (data[i] >> 1 & 7) {
        case 0 -> {}
        case 1 -> {
          to.receive(now, packet);
          to.receive(now, packet);
        }
        case 2 -> held.add(packet);
        case 3 -> {
          packet[12 + (data[i + 1] & 0xff) % (packet.length - 12)] ^= (byte) (data[i] >> 4 | 1);
          Wire.put32(packet, 8, 0);
          CommonHeader.seal(crc, packet, 0, packet.length);
          to.receive(now, packet);
        }
        case 4 -> {
          to.receive(now, packet);
          byte[] old = held.poll();
          if (old != null) {
            to.receive(now, old);
          }
        }
        default -> to.receive(now, packet);
      }
      to.drain(now);
      now += (data[i + 1] & 0xff) * MS / 10;
    }
  }
}
