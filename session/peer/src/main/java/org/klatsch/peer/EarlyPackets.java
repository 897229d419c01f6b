package org.klatsch.peer;

import java.util.ArrayDeque;

/// Packets that came before they could be used. DTLS before the peer's description: the answerer
/// sends its ClientHello as soon as a check succeeds, which is often faster than the answer itself.
/// Media before the keys: the peer's last flight was overtaken, or lost and is repeated. Bounded;
/// what does not fit is dropped.
final class EarlyPackets {
  private final int maxPackets;
  private final int maxBytes;
  private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
  private int bytes;

  EarlyPackets(int maxPackets, int maxBytes) {
    this.maxPackets = maxPackets;
    this.maxBytes = maxBytes;
  }

  /// @return whether the packet was kept
  boolean keep(byte[] buffer, int offset, int length) {
    if (packets.size() >= maxPackets || bytes + length > maxBytes) {
      return false;
    }
    byte[] copy = new byte[length];
    System.arraycopy(buffer, offset, copy, 0, length);
    packets.add(copy);
    bytes += length;
    return true;
  }

  byte[] poll() {
    byte[] packet = packets.remove();
    bytes -= packet.length;
    return packet;
  }

  boolean isEmpty() {
    return packets.isEmpty();
  }
}
