package org.klatsch.net.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.klatsch.sansio.TransportAddress;

/// The backend for every platform: a selector and datagram channels.
///
/// A selector counts in milliseconds; waits are rounded up, so a timer fires up to one millisecond
/// late.
public final class NioBackend implements IoBackend {
  private static final long MAX_WAIT_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Selector selector;
  private final Consumer<SelectionKey> dispatch = NioBackend::dispatch;

  /// Shared by the sockets of the loop: a datagram arrives here and is read out at once.
  private final ByteBuffer received = ByteBuffer.allocateDirect(1 << 16);

  private final byte[] packet = new byte[1 << 16];
  private final AddressCache addresses = new AddressCache();

  public NioBackend() throws IOException {
    this.selector = Selector.open();
  }

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public UdpSocket open(TransportAddress local, SocketOptions options, Readiness readiness)
      throws IOException {
    return new NioUdpSocket(selector, local, options, readiness, received, packet, addresses);
  }

  @Override
  public TransportAddress probe(TransportAddress local) throws IOException {
    // Not registered with the selector: a registered channel keeps its port until the next select.
    try (DatagramChannel channel = DatagramChannel.open(NioUdpSocket.family(local))) {
      channel.bind(SocketAddresses.toInet(local));
      return local.withPort(((InetSocketAddress) channel.getLocalAddress()).getPort());
    }
  }

  @Override
  public boolean canReusePort() {
    try (DatagramChannel channel = DatagramChannel.open()) {
      // SO_REUSEPORT exists on macOS and the BSDs too, but there one socket gets all datagrams.
      return channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)
          && System.getProperty("os.name").startsWith("Linux");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void await(long nanos) throws IOException {
    if (nanos <= 0) {
      selector.selectNow(dispatch);
    } else {
      long rounded = Math.min(nanos, MAX_WAIT_NANOS) + 999_999;
      selector.select(dispatch, TimeUnit.NANOSECONDS.toMillis(rounded));
    }
  }

  private static void dispatch(SelectionKey key) {
    Readiness readiness = (Readiness) key.attachment();
    if (key.isValid() && key.isReadable()) {
      readiness.readable();
    }
    if (key.isValid() && key.isWritable()) {
      readiness.writable();
    }
  }

  @Override
  public void wakeUp() {
    selector.wakeup();
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      System.getLogger(NioBackend.class.getName())
          .log(System.Logger.Level.DEBUG, "selector did not close cleanly", e);
    }
  }
}
