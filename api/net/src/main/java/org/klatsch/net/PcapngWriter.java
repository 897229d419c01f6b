package org.klatsch.net;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.klatsch.sansio.TransportAddress;

/// Writes packets into a pcapng file that Wireshark and tcpdump read: what a session sent and
/// received, decrypted. Each packet gets an IP header of its own (link type RAW), with SCTP
/// directly on IP, where analysers look for it, or with UDP.
///
/// The file holds plain text of users: write it only where they asked for it. The format is that of
/// draft-ietf-opsawg-pcapng. Thread-safe.
public final class PcapngWriter implements AutoCloseable {
  private static final int SECTION_HEADER = 0x0A0D0D0A;
  private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;

  /// LINKTYPE_RAW: packets start with their IPv4 or IPv6 header.
  private static final int LINKTYPE_RAW = 101;

  private static final int OPTION_TIME_RESOLUTION = 9;
  private static final int OPTION_FLAGS = 2;
  private static final int INBOUND = 1;
  private static final int OUTBOUND = 2;
  private static final int UDP = 17;
  private static final int SCTP = 132;
  private static final int MAX_PACKET = 1 << 17;

  private final ReentrantLock lock = new ReentrantLock();
  private final OutputStream out;
  private final long maxBytes;
  private final ByteBuffer block = ByteBuffer.allocate(MAX_PACKET);
  private long written;
  private long dropped;

  /// Writes the file's head.
  ///
  /// @param out closed with this writer
  /// @param maxBytes packets beyond this size of the file are dropped and counted
  public PcapngWriter(OutputStream out, long maxBytes) throws IOException {
    this.out = out;
    this.maxBytes = maxBytes;
    block.putInt(SECTION_HEADER).putInt(28).putInt(BYTE_ORDER_MAGIC);
    block.putShort((short) 1).putShort((short) 0).putLong(-1).putInt(28);
    block.putInt(INTERFACE_DESCRIPTION).putInt(32);
    block.putShort((short) LINKTYPE_RAW).putShort((short) 0).putInt(0);
    // Time in units of 10^-9 s; end of options.
    block.putShort((short) OPTION_TIME_RESOLUTION).putShort((short) 1).putInt(9 << 24).putInt(0);
    block.putInt(32);
    flushBlock();
  }

  /// Writes an SCTP packet.
  public void sctp(
      Instant time,
      boolean outbound,
      TransportAddress from,
      TransportAddress to,
      byte[] bytes,
      int offset,
      int length)
      throws IOException {
    packet(time, outbound, from, to, SCTP, bytes, offset, length);
  }

  /// Writes a UDP datagram, such as RTP or STUN.
  public void udp(
      Instant time,
      boolean outbound,
      TransportAddress from,
      TransportAddress to,
      byte[] bytes,
      int offset,
      int length)
      throws IOException {
    packet(time, outbound, from, to, UDP, bytes, offset, length);
  }

  /// Packets not written as the file is full, or as they are too large.
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private void packet(
      Instant time,
      boolean outbound,
      TransportAddress from,
      TransportAddress to,
      int protocol,
      byte[] bytes,
      int offset,
      int length)
      throws IOException {
    if (from.family() != to.family()) {
      throw new IllegalArgumentException("from " + from + " to " + to + ": one family expected");
    }
    int payload = length + (protocol == UDP ? 8 : 0);
    int captured = payload + (from.isIpv4() ? 20 : 40);
    int padded = captured + 3 & ~3;
    int total = 28 + padded + 12 + 4;
    lock.lock();
    try {
      if (payload > 65_535 - 40 || written + total > maxBytes) {
        dropped++;
        return;
      }
      long nanos = time.getEpochSecond() * 1_000_000_000 + time.getNano();
      block.putInt(ENHANCED_PACKET).putInt(total).putInt(0);
      block.putLong(nanos).putInt(captured).putInt(captured);
      ipHeader(from, to, protocol, payload);
      if (protocol == UDP) {
        // Checksum 0: none, RFC 768.
        block.putShort((short) from.port()).putShort((short) to.port());
        block.putShort((short) payload).putShort((short) 0);
      }
      block.put(bytes, offset, length);
      block.position(28 + padded);
      block.putShort((short) OPTION_FLAGS).putShort((short) 4);
      block.putInt(outbound ? OUTBOUND : INBOUND).putInt(0);
      block.putInt(total);
      flushBlock();
    } finally {
      lock.unlock();
    }
  }

  private void ipHeader(TransportAddress from, TransportAddress to, int protocol, int payload) {
    int start = block.position();
    if (from.isIpv4()) {
      block.putInt(0x45 << 24 | 20 + payload).putInt(0x4000);
      block.put((byte) 64).put((byte) protocol).putShort((short) 0);
      block.putInt((int) from.low()).putInt((int) to.low());
      block.putShort(start + 10, (short) checksum(start));
    } else {
      block.putInt(6 << 28).putShort((short) payload).put((byte) protocol).put((byte) 64);
      block.putLong(from.high()).putLong(from.low()).putLong(to.high()).putLong(to.low());
    }
  }

  /// The header checksum of RFC 791 §3.1 of the 20 bytes at `start`.
  private int checksum(int start) {
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += block.getShort(start + i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
  }

  private void flushBlock() throws IOException {
    int length = block.position();
    out.write(block.array(), 0, length);
    written += length;
    Arrays.fill(block.array(), 0, length, (byte) 0);
    block.clear();
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      out.close();
    } finally {
      lock.unlock();
    }
  }
}
