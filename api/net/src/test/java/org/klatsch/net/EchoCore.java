package org.klatsch.net;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// The smallest core: reports each datagram as an event and, if it is an echo, sends it back.
final class EchoCore implements PacketCore<EchoCore.Received> {
  record Received(
      long now, TransportAddress local, TransportAddress remote, int ecn, byte[] bytes) {}

  record Packet(
      @Nullable TransportAddress local, @Nullable TransportAddress remote, int ecn, byte[] bytes) {}

  final ArrayDeque<Packet> queue = new ArrayDeque<>();
  final ArrayDeque<Received> events = new ArrayDeque<>();
  final LinkedBlockingQueue<TransportAddress> closedStreams = new LinkedBlockingQueue<>();
  final boolean echoes;
  long deadline = NEVER;
  long firedAt = -1;
  int polls;
  long packetsIn;
  boolean quiet;

  EchoCore(boolean echoes) {
    this.echoes = echoes;
  }

  void send(@Nullable TransportAddress local, @Nullable TransportAddress remote, byte[] bytes) {
    queue.add(new Packet(local, remote, 0, bytes));
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    packetsIn++;
    byte[] bytes = Arrays.copyOfRange(buffer, offset, offset + length);
    if (bytes.length == 5 && bytes[0] == 'b' && bytes[4] == 'k') {
      throw new IllegalStateException("broken by the test");
    }
    if (!quiet) {
      events.add(new Received(now, local, remote, ecn, bytes));
    }
    if (echoes) {
      queue.add(new Packet(local, remote, ecn, bytes));
    }
  }

  @Override
  public void handleStreamClosed(long now, TransportAddress local, TransportAddress remote) {
    closedStreams.add(remote);
  }

  @Override
  public void handleTimeout(long now) {
    if (deadline <= now) {
      deadline = NEVER;
      firedAt = now;
    }
  }

  @Override
  public long nextTimeout() {
    return deadline;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    polls++;
    Packet packet = queue.poll();
    if (packet == null) {
      return false;
    }
    out.route(packet.local(), packet.remote());
    out.ecn(packet.ecn());
    System.arraycopy(packet.bytes(), 0, out.array(), out.position(), packet.bytes().length);
    out.commit(packet.bytes().length);
    return true;
  }

  @Override
  public @Nullable Received pollEvent() {
    return events.poll();
  }
}
