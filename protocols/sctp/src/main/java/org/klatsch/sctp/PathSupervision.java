package org.klatsch.sctp;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sctp.packet.Chunk;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.Wire;
import org.klatsch.sctp.tx.PathMtu;
import org.klatsch.sctp.tx.RetransmissionTimeout;

/// Heartbeats, the count of unanswered attempts (RFC 9260 §8), and the probes of path MTU
/// discovery, which are padded heartbeats (RFC 8899 §6.2).
final class PathSupervision {
  /// What a HEARTBEAT carries: parameter type 1, its length, a nonce, the time, the probe's size.
  private static final int INFO_LENGTH = 4 + 4 + 8 + 4;

  private static final int HEARTBEAT_LENGTH = Chunk.HEADER_LENGTH + INFO_LENGTH;

  private final SctpOptions options;
  private final RandomGenerator random;
  private final RetransmissionTimeout rto;
  final PathMtu mtu;
  private int errors;
  private int nonce;
  private long heartbeatAt = ProtocolCore.NEVER;
  private long answerBy = ProtocolCore.NEVER;
  private boolean heartbeatDue;
  private int probeNonce;
  private boolean running;

  PathSupervision(SctpOptions options, RandomGenerator random, RetransmissionTimeout rto) {
    this.options = options;
    this.random = random;
    this.rto = rto;
    this.mtu = new PathMtu(options.basePacketSize(), options.maxPacketSize());
  }

  void start(long now) {
    running = true;
    errors = 0;
    schedule(now);
    mtu.start(now);
  }

  void stop() {
    running = false;
    heartbeatAt = ProtocolCore.NEVER;
    answerBy = ProtocolCore.NEVER;
    heartbeatDue = false;
  }

  long nextTimeout() {
    return running
        ? Math.min(Math.min(heartbeatAt, answerBy), mtu.nextTimeout())
        : ProtocolCore.NEVER;
  }

  /// Runs due timers.
  ///
  /// @return whether a heartbeat stayed without an answer
  boolean handleTimeout(long now) {
    boolean unanswered = answerBy <= now;
    if (unanswered) {
      answerBy = ProtocolCore.NEVER;
      rto.backOff();
    }
    if (heartbeatAt <= now) {
      heartbeatDue = true;
      schedule(now);
    }
    return unanswered;
  }

  /// Data was acknowledged: the path is alive and needs no heartbeat for a while.
  void handleProgress(long now) {
    errors = 0;
    // Moved only when it matters, as this runs with every SACK.
    if (heartbeatAt - now < options.heartbeatInterval().toNanos() / 2) {
      schedule(now);
    }
  }

  /// Counts an unanswered attempt, RFC 9260 §8.1.
  ///
  /// @return whether the peer counts as unreachable
  boolean countError() {
    errors++;
    return errors > options.maxRetransmits();
  }

  int errors() {
    return errors;
  }

  boolean isHeartbeatDue() {
    return heartbeatDue;
  }

  boolean isProbeDue(long now) {
    return running && mtu.isProbeDue(now);
  }

  /// Writes a HEARTBEAT, RFC 9260 §3.3.5.
  ///
  /// @return the position behind it
  int writeHeartbeat(long now, byte[] packet, int position) {
    heartbeatDue = false;
    nonce = random.nextInt();
    answerBy = now + rto.rto();
    return write(now, packet, position, nonce, 0);
  }

  /// Writes a probe that fills a packet up to `end` with PAD (RFC 4820 §3).
  void writeProbe(long now, byte[] packet, int position, int end, int size) {
    probeNonce = random.nextInt();
    int pad = write(now, packet, position, probeNonce, size);
    packet[pad] = (byte) ChunkType.PAD;
    packet[pad + 1] = 0;
    Wire.put16(packet, pad + 2, end - pad);
    Arrays.fill(packet, pad + Chunk.HEADER_LENGTH, end, (byte) 0);
    mtu.handleSent(now);
  }

  private static int write(long now, byte[] packet, int position, int nonce, int size) {
    packet[position] = (byte) ChunkType.HEARTBEAT;
    packet[position + 1] = 0;
    Wire.put16(packet, position + 2, HEARTBEAT_LENGTH);
    Wire.put16(packet, position + 4, 1);
    Wire.put16(packet, position + 6, INFO_LENGTH);
    Wire.put32(packet, position + 8, nonce);
    Wire.put32(packet, position + 12, (int) (now >>> 32));
    Wire.put32(packet, position + 16, (int) now);
    Wire.put32(packet, position + 20, size);
    return position + HEARTBEAT_LENGTH;
  }

  /// Takes a HEARTBEAT ACK.
  ///
  /// @return whether the packet size grew
  boolean handleAck(long now, byte[] packet, int offset, int length) {
    if (length != HEARTBEAT_LENGTH) {
      return false;
    }
    int answered = Wire.i32(packet, offset + 8);
    int size = Wire.i32(packet, offset + 20);
    if (size != 0) {
      return answered == probeNonce && mtu.handleAcked(now, size);
    }
    if (answered != nonce || answerBy == ProtocolCore.NEVER) {
      return false;
    }
    answerBy = ProtocolCore.NEVER;
    errors = 0;
    long sentAt =
        (long) Wire.i32(packet, offset + 12) << 32
            | Integer.toUnsignedLong(Wire.i32(packet, offset + 16));
    rto.handleRtt(Math.max(1, now - sentAt));
    return false;
  }

  /// The next heartbeat: HB.interval and RTO, by up to half an RTO earlier or later, RFC 9260 §8.3.
  private void schedule(long now) {
    long interval = options.heartbeatInterval().toNanos();
    heartbeatAt = now + interval + rto.rto() / 2 + random.nextLong(Math.max(1, rto.rto()));
  }
}
