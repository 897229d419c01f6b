package org.klatsch.net.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A UDP socket by `DatagramChannel`. ECN is neither read nor written: java.nio does not offer it.
final class NioUdpSocket implements UdpSocket {
  private final DatagramChannel channel;
  private final SelectionKey key;
  private final TransportAddress local;
  private final ByteBuffer received;
  private final byte[] packet;
  private final SocketCounters counters = new SocketCounters();

  private final AddressCache addresses;

  /// What was last sent from, and a buffer around its array.
  private @Nullable TransmitBuffer viewed;

  private @Nullable ByteBuffer view;

  NioUdpSocket(
      Selector selector,
      TransportAddress local,
      SocketOptions options,
      IoBackend.Readiness readiness,
      ByteBuffer received,
      byte[] packet,
      AddressCache addresses)
      throws IOException {
    this.received = received;
    this.packet = packet;
    this.addresses = addresses;
    this.channel = DatagramChannel.open(family(local));
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
      channel.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
      if (options.reusePort()) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      if (options.dontFragment()
          && channel.supportedOptions().contains(ExtendedSocketOptions.IP_DONTFRAGMENT)) {
        channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
      }
      channel.bind(SocketAddresses.toInet(local));
      this.local = local.withPort(((InetSocketAddress) channel.getLocalAddress()).getPort());
      this.key = channel.register(selector, SelectionKey.OP_READ, readiness);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  static StandardProtocolFamily family(TransportAddress local) {
    return local.isIpv4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  @Override
  public int receive(int maxPackets, Receiver receiver) {
    int count = 0;
    while (count < maxPackets) {
      received.clear();
      InetSocketAddress source;
      try {
        source = (InetSocketAddress) channel.receive(received);
      } catch (ClosedChannelException e) {
        return count;
      } catch (IOException e) {
        // An ICMP error of an earlier packet; the next call reads on.
        count++;
        continue;
      }
      if (source == null) {
        return count;
      }
      received.flip();
      int length = received.remaining();
      received.get(packet, 0, length);
      counters.packetsReceived++;
      counters.bytesReceived += length;
      count++;
      receiver.packet(addresses.source(source), 0, packet, 0, length);
    }
    return count;
  }

  @Override
  public int send(TransmitBuffer out, int from, int to) {
    ByteBuffer bytes = view;
    if (bytes == null || !out.equals(viewed)) {
      viewed = out;
      bytes = ByteBuffer.wrap(out.array());
      view = bytes;
    }
    for (int i = from; i < to; i++) {
      TransportAddress remote = out.packetRemote(i);
      int length = out.packetLength(i);
      if (remote == null || remote.isIpv4() != local.isIpv4() || remote.port() == 0) {
        counters.sendsRefused++;
        continue;
      }
      bytes.limit(out.packetOffset(i) + length).position(out.packetOffset(i));
      InetSocketAddress inet = addresses.destination(remote, local.scopeId());
      try {
        if (channel.send(bytes, inet) == 0 && length > 0) {
          counters.unwritable++;
          return i;
        }
        counters.packetsSent++;
        counters.bytesSent += length;
      } catch (ClosedChannelException e) {
        return to;
      } catch (IOException | RuntimeException e) {
        // No route, too large for the path, no buffers, forbidden: a datagram may be lost anyway.
        counters.sendsRefused++;
      }
    }
    return to;
  }

  @Override
  public void awaitWritable(boolean wanted) {
    if (key.isValid()) {
      key.interestOps(wanted ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
  }

  @Override
  public void dscp(int codePoint) throws IOException {
    channel.setOption(StandardSocketOptions.IP_TOS, codePoint << 2);
  }

  @Override
  public void multicastFrom(int interfaceIndex) throws IOException {
    NetworkInterface network = NetworkInterface.getByIndex(interfaceIndex);
    if (network == null) {
      throw new SocketException("no interface has the index " + interfaceIndex);
    }
    channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, network);
    channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 255);
  }

  @Override
  public SocketCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      InetAddress host = SocketAddresses.toInetAddress(local);
      System.getLogger(NioUdpSocket.class.getName())
          .log(System.Logger.Level.DEBUG, "socket of " + host + " did not close cleanly", e);
    }
  }
}
