package org.klatsch.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;

/// The server's UDP port, which tells clients their address as others see it.
final class UdpPort implements AutoCloseable {
  private final DatagramChannel channel;
  private volatile long answered;

  private UdpPort(DatagramChannel channel) {
    this.channel = channel;
  }

  static UdpPort bind(String host, int port) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("The host " + host + " is unknown");
    }
    DatagramChannel channel =
        address.getAddress() instanceof java.net.Inet4Address
            ? DatagramChannel.open(StandardProtocolFamily.INET)
            : DatagramChannel.open();
    try {
      channel.bind(address);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new UdpPort(channel);
  }

  int port() {
    return ((InetSocketAddress) localAddress()).getPort();
  }

  private java.net.SocketAddress localAddress() {
    try {
      return channel.getLocalAddress();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void start() {
    Thread.ofPlatform().daemon().name("klatsch-stun").start(this::run);
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(2048);
    while (channel.isOpen()) {
      try {
        buffer.clear();
        channel.receive(buffer);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // An earlier answer could not be delivered; the next request may still come.
      }
    }
  }

  long answered() {
    return answered;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
