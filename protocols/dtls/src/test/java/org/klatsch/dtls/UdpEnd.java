package org.klatsch.dtls;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A [TestEnd] over a real socket, driven by the calling thread.
final class UdpEnd implements AutoCloseable {
  final TestEnd end;
  private final DatagramSocket socket;
  private final long epoch = System.nanoTime();
  private @Nullable SocketAddress peer;

  UdpEnd(DtlsOptions options, @Nullable SocketAddress peer) throws IOException {
    this.end = new TestEnd(options, System.nanoTime());
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.peer = peer;
  }

  int port() {
    return socket.getLocalPort();
  }

  long now() {
    return System.nanoTime() - epoch;
  }

  void start() throws IOException {
    end.start(now());
    flush();
  }

  void flush() throws IOException {
    for (byte[] packet : end.takeSent()) {
      if (peer != null) {
        socket.send(new DatagramPacket(packet, packet.length, peer));
      }
    }
  }

  /// Drives until the condition holds; false when that took longer than the limit.
  boolean runUntil(BooleanSupplier condition, long millis) throws IOException {
    long limit = now() + millis * 1_000_000;
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    while (!condition.getAsBoolean()) {
      long now = now();
      if (now >= limit) {
        return false;
      }
      long wait = Math.min(limit, end.nextTimeout) - now;
      socket.setSoTimeout(Math.clamp(wait / 1_000_000, 1, 1000));
      try {
        socket.receive(packet);
        peer = packet.getSocketAddress();
        end.receive(now(), java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
      } catch (SocketTimeoutException e) {
        end.pump(now());
      } catch (java.net.PortUnreachableException e) {
        // The other program is not listening yet; the next retransmission will find it.
        end.pump(now());
      }
      flush();
    }
    return true;
  }

  @Override
  public void close() {
    socket.close();
  }
}
