package org.klatsch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UdpRelayTest {
  private static byte[] receive(DatagramSocket socket, DatagramPacket packet) throws Exception {
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  @Test
  void carriesBothWaysWithTheDelayOfTheLinks() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DatagramSocket client = new DatagramSocket(0, loopback);
        DatagramSocket server = new DatagramSocket(0, loopback);
        UdpRelay relay =
            UdpRelay.open(
                (InetSocketAddress) server.getLocalSocketAddress(),
                LinkOptions.PERFECT.delayMillis(20),
                LinkOptions.PERFECT.delayMillis(30),
                1)) {
      long start = System.nanoTime();
      client.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, relay.address()));
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      assertThat(receive(server, packet)).containsExactly(1, 2, 3);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
      server.send(new DatagramPacket(new byte[] {4}, 1, packet.getSocketAddress()));
      assertThat(receive(client, packet)).containsExactly(4);
      assertThat(packet.getSocketAddress()).isEqualTo(relay.address());
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
    }
  }

  @Test
  void losesWhatTheLinkLoses() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (DatagramSocket client = new DatagramSocket(0, loopback);
        DatagramSocket server = new DatagramSocket(0, loopback);
        UdpRelay relay =
            UdpRelay.open(
                (InetSocketAddress) server.getLocalSocketAddress(),
                LinkOptions.PERFECT.mtu(500),
                LinkOptions.PERFECT,
                1)) {
      client.send(new DatagramPacket(new byte[1_000], 1_000, relay.address()));
      client.send(new DatagramPacket(new byte[7], 7, relay.address()));
      assertThat(receive(server, new DatagramPacket(new byte[2_000], 2_000))).hasSize(7);
    }
  }
}
