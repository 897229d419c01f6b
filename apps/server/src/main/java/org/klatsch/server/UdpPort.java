package org.klatsch.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.LongAdder;
import org.klatsch.sansio.TransportAddress;

/// The server's UDP port, which tells clients their address as others see it.
final class UdpPort implements AutoCloseable {
  /// No request is longer than a packet of the smallest usual MTU.
  private static final int MAX_PACKET = 1500;

  private final DatagramChannel channel;
  private final LongAdder answered = new LongAdder();

  private UdpPort(DatagramChannel channel) {
    this.channel = channel;
  }

  static UdpPort bind(String host, int port) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("The host " + host + " is unknown");
    }
    DatagramChannel channel =
        address.getAddress() instanceof Inet4Address
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

  private SocketAddress localAddress() {
    try {
      return channel.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void start() {
    Thread.ofPlatform().daemon().name("klatsch-stun").start(this::run);
  }

  private void run() {
    var responder = new BindingResponder();
    ByteBuffer packet = ByteBuffer.allocate(MAX_PACKET);
    byte[] response = new byte[BindingResponder.MAX_RESPONSE];
    while (channel.isOpen()) {
      try {
        packet.clear();
        if (channel.receive(packet) instanceof InetSocketAddress remote) {
          var source = TransportAddress.of(remote.getAddress().getAddress(), remote.getPort());
          int length = responder.respond(packet.array(), packet.position(), source, response);
          if (length > 0) {
            channel.send(ByteBuffer.wrap(response, 0, length), remote);
            answered.increment();
          }
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Nobody is told that an answer could not be sent; the next request may still be answered.
      }
    }
  }

  long answered() {
    return answered.sum();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
