package org.klatsch.net;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.net.io.UdpSocket;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A UDP port of one local address on one loop, never a wildcard (java.nio does not tell where a
/// datagram was sent to). Confined to the loop's thread.
///
/// While the socket has no room, packets wait here, up to a limit, and the cores they came from are
/// not asked for more: the congestion control above sees one queue, not a loss.
public final class UdpPort implements AutoCloseable {
  /// Where received datagrams go.
  interface Owner {
    void packet(
        UdpPort port, TransportAddress remote, int ecn, byte[] buffer, int offset, int length);
  }

  private final EventLoop loop;
  private final Owner owner;
  private final UdpSocket socket;
  private final UdpSocket.Receiver receiver = this::received;
  private final ArrayList<CoreDriver<?>> blocked = new ArrayList<>();
  private @Nullable TransmitBuffer pending;
  private int pendingFrom;
  private boolean closed;
  private @Nullable RouteGuard guard;

  UdpPort(EventLoop loop, TransportAddress local, SocketOptions options, Owner owner)
      throws IOException {
    this.loop = loop;
    this.owner = owner;
    this.socket = loop.backend().open(local, options, new Ready());
    loop.opened(this);
  }

  /// The bound address with the port in effect.
  public TransportAddress local() {
    return socket.local();
  }

  /// Sets the Differentiated Services code point of all packets of this port, RFC 8837 §5.
  ///
  /// @param codePoint 0 to 63
  public void dscp(int codePoint) throws IOException {
    if (codePoint < 0 || codePoint > 63) {
      throw new IllegalArgumentException("code point " + codePoint + " is not in 0 to 63");
    }
    socket.dscp(codePoint);
  }

  /// Has packets leave by the interface of the local address only; others are dropped and counted.
  public void stayOnInterface() {
    guard = RouteGuard.of(local());
  }

  /// Sends multicast packets out of this interface, with the hop limit of multicast DNS.
  void multicastFrom(int interfaceIndex) throws IOException {
    socket.multicastFrom(interfaceIndex);
  }

  UdpSocket socket() {
    return socket;
  }

  private final class Ready implements IoBackend.Readiness {
    @Override
    public void readable() {
      if (!closed) {
        socket.receive(loop.options().packetsPerTurn(), receiver);
      }
    }

    @Override
    public void writable() {
      sendPending();
    }
  }

  private void received(TransportAddress remote, int ecn, byte[] buffer, int offset, int length) {
    if (!closed) {
      owner.packet(this, remote, ecn, buffer, offset, length);
    }
  }

  /// Sends packets `from` to `to` of `out`; what finds no room is kept and blocks `source`.
  void send(TransmitBuffer out, int from, int to, CoreDriver<?> source) {
    RouteGuard current = guard;
    if (current == null) {
      sendAll(out, from, to, source);
      return;
    }
    long now = loop.now();
    int start = from;
    for (int i = from; i < to; i++) {
      TransportAddress remote = out.packetRemote(i);
      if (remote != null && !current.allows(remote, now)) {
        sendAll(out, start, i, source);
        start = i + 1;
        loop.countOffRoute();
      }
    }
    sendAll(out, start, to, source);
  }

  private void sendAll(TransmitBuffer out, int from, int to, CoreDriver<?> source) {
    if (closed || from == to) {
      return;
    }
    int sent = from;
    if (pending == null) {
      sent = socket.send(out, from, to);
    }
    if (sent < to) {
      keep(out, sent, to);
      if (!blocked.contains(source)) {
        blocked.add(source);
        source.block();
      }
    }
  }

  /// Sends what can be lost; nothing waits for room.
  void sendOrDrop(TransmitBuffer out) {
    if (!closed && pending == null) {
      socket.send(out, 0, out.packetCount());
    }
  }

  private void keep(TransmitBuffer out, int from, int to) {
    TransmitBuffer waiting = pending;
    if (waiting == null) {
      waiting = new TransmitBuffer(loop.options().pendingPackets(), loop.options().packetRoom());
      pending = waiting;
      pendingFrom = 0;
      socket.awaitWritable(true);
    }
    for (int i = from; i < to; i++) {
      int length = out.packetLength(i);
      if (waiting.packetCount() == loop.options().pendingPackets()
          || waiting.remaining() < length) {
        loop.countPendingDropped(to - i);
        return;
      }
      waiting.route(out.packetLocal(i), out.packetRemote(i));
      waiting.ecn(out.packetEcn(i));
      System.arraycopy(
          out.array(), out.packetOffset(i), waiting.array(), waiting.position(), length);
      waiting.commit(length);
    }
  }

  private void sendPending() {
    TransmitBuffer waiting = pending;
    if (closed || waiting == null) {
      return;
    }
    pendingFrom = socket.send(waiting, pendingFrom, waiting.packetCount());
    if (pendingFrom == waiting.packetCount()) {
      pending = null;
      socket.awaitWritable(false);
      unblock();
    }
  }

  private void unblock() {
    for (CoreDriver<?> driver : List.copyOf(blocked)) {
      driver.unblock();
    }
    blocked.clear();
  }

  void forget(CoreDriver<?> driver) {
    blocked.remove(driver);
  }

  /// Whether packets wait for room.
  boolean isBlocked() {
    return pending != null;
  }

  boolean isClosed() {
    return closed;
  }

  /// Closes the socket; packets that wait for room are lost. The loop's thread only.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pending = null;
      unblock();
      loop.closed(this);
      socket.close();
    }
  }
}
