package org.klatsch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

class CaptureTest {
  /// Ethernet, IPv4 192.0.2.1:5000 to 192.0.2.2:6000, payload 01 02 03.
  private static final byte[] FRAME =
      HexFormat.of()
          .parseHex(
              "0000000000020000000000010800"
                  + "4500001f000000004011f6cac0000201c0000202"
                  + "13881770000b0000010203");

  private static byte[] pcap(ByteOrder order) {
    ByteBuffer b = ByteBuffer.allocate(24 + 16 + FRAME.length).order(order);
    b.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0);
    b.putInt(65_535).putInt(1);
    b.putInt(10).putInt(7).putInt(FRAME.length).putInt(FRAME.length).put(FRAME);
    return b.array();
  }

  private static byte[] pcapng(ByteOrder order) {
    int padded = FRAME.length + 3 & ~3;
    ByteBuffer b = ByteBuffer.allocate(28 + 20 + 32 + padded).order(order);
    b.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0);
    b.putLong(-1).putInt(28);
    b.putInt(1).putInt(20).putShort((short) 1).putShort((short) 0).putInt(0).putInt(20);
    long micros = 10_000_007;
    b.putInt(6).putInt(32 + padded).putInt(0).putInt((int) (micros >>> 32)).putInt((int) micros);
    b.putInt(FRAME.length).putInt(FRAME.length).put(FRAME).position(28 + 20 + 28 + padded);
    b.putInt(32 + padded);
    return b.array();
  }

  @Test
  void readsPcapAndPcapngOfBothByteOrders() throws Exception {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      for (byte[] capture : List.of(pcap(order), pcapng(order))) {
        List<Capture.UdpPacket> packets = Capture.read(capture);
        assertThat(packets).hasSize(1);
        Capture.UdpPacket packet = packets.getFirst();
        assertThat(packet.nanos()).isEqualTo(10_000_007_000L);
        assertThat(packet.source()).isEqualTo(TransportAddress.parse("192.0.2.1", 5000));
        assertThat(packet.destination()).isEqualTo(TransportAddress.parse("192.0.2.2", 6000));
        assertThat(packet.payload()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void refusesOtherFiles() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Capture.read(new byte[30]))
        .withMessageContaining("not a capture");
  }
}
