package org.klatsch.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A link for real programs: a UDP port that carries packets to a target and back with the delay,
/// rate and loss of two [Link]s. Every client of the port is given a socket of its own towards the
/// target, as by a NAT, so that answers find their way.
///
/// Runs on one daemon thread until closed.
public final class UdpRelay implements AutoCloseable {
  private static final int SOCKET_BUFFER = 4 << 20;

  /// A packet that waits for its time.
  private record Waiting(
      long at, long order, DatagramChannel channel, InetSocketAddress to, byte[] packet) {}

  private final InetSocketAddress target;
  private final Link towards;
  private final Link back;
  private final Selector selector;
  private final DatagramChannel front;
  private final InetSocketAddress address;
  private final Map<InetSocketAddress, DatagramChannel> upstreams = new HashMap<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.<Waiting>comparingLong(Waiting::at).thenComparingLong(Waiting::order));
  private final Thread thread;
  private long order;

  private UdpRelay(
      InetSocketAddress listen,
      InetSocketAddress target,
      LinkOptions towards,
      LinkOptions back,
      long seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    this.target = target;
    this.towards = new Link(towards, random.split());
    this.back = new Link(back, random.split());
    this.selector = Selector.open();
    this.front = open(listen);
    this.address = (InetSocketAddress) front.getLocalAddress();
    front.register(selector, SelectionKey.OP_READ);
    this.thread = Thread.ofPlatform().name("testkit-udp-relay").daemon().unstarted(this::run);
  }

  /// Opens a relay on a free port of the target's address.
  ///
  /// @param towards what packets to the target meet
  /// @param back what packets from the target meet
  public static UdpRelay open(
      InetSocketAddress target, LinkOptions towards, LinkOptions back, long seed)
      throws IOException {
    UdpRelay relay =
        new UdpRelay(new InetSocketAddress(target.getAddress(), 0), target, towards, back, seed);
    relay.thread.start();
    return relay;
  }

  /// Where clients send to.
  public InetSocketAddress address() {
    return address;
  }

  private static DatagramChannel open(InetSocketAddress local) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
    channel.configureBlocking(false);
    channel.bind(local);
    return channel;
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    try {
      while (selector.isOpen()) {
        Waiting first = waiting.peek();
        long wait = first == null ? Long.MAX_VALUE : first.at() - System.nanoTime();
        if (wait > 2_000_000) {
          selector.select(key -> read(key, buffer), Math.clamp(wait / 1_000_000 - 1, 1, 1_000));
        } else {
          // The selector's clock is too coarse for a link of 100 Mbit/s.
          selector.selectNow(key -> read(key, buffer));
          if (wait > 50_000) {
            LockSupport.parkNanos(20_000);
          }
        }
        forward();
      }
    } catch (IOException | ClosedSelectorException e) {
      // The relay was closed.
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    DatagramChannel channel = (DatagramChannel) key.channel();
    InetSocketAddress client = (InetSocketAddress) key.attachment();
    try {
      for (int i = 0; i < 64; i++) {
        buffer.clear();
        InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
        if (source == null) {
          return;
        }
        buffer.flip();
        byte[] packet = new byte[buffer.remaining()];
        buffer.get(packet);
        if (client == null) {
          carry(towards, upstream(source), target, packet);
        } else if (source.equals(target)) {
          carry(back, front, client, packet);
        }
      }
    } catch (IOException e) {
      // A port that refuses packets shows up as an error of the socket; the packet is lost.
    }
  }

  private DatagramChannel upstream(InetSocketAddress client) throws IOException {
    DatagramChannel channel = upstreams.get(client);
    if (channel == null) {
      channel = open(new InetSocketAddress(target.getAddress(), 0));
      channel.register(selector, SelectionKey.OP_READ, client);
      upstreams.put(client, channel);
    }
    return channel;
  }

  private void carry(Link link, DatagramChannel channel, InetSocketAddress to, byte[] packet) {
    long now = System.nanoTime();
    long at = link.arrival(now, packet.length);
    if (at == Link.LOST) {
      return;
    }
    if (link.duplicates()) {
      waiting.add(new Waiting(at, order++, channel, to, Arrays.copyOf(packet, packet.length)));
    }
    link.corrupt(packet);
    waiting.add(new Waiting(at, order++, channel, to, packet));
  }

  private void forward() throws ClosedChannelException {
    for (@Nullable Waiting next = waiting.peek();
        next != null && next.at() <= System.nanoTime();
        next = waiting.peek()) {
      waiting.poll();
      try {
        next.channel().send(ByteBuffer.wrap(next.packet()), next.to());
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        // As on a real link, a packet that cannot be delivered is lost.
      }
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    front.close();
    for (DatagramChannel channel : upstreams.values()) {
      channel.close();
    }
  }
}
