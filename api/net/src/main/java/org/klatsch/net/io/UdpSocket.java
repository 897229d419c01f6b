package org.klatsch.net.io;

import java.io.IOException;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A non-blocking UDP socket of one local address. Confined to its loop's thread.
///
/// Remote addresses carry no IPv6 scope in either direction: the scope of a link-local peer is that
/// of the local address.
public interface UdpSocket extends AutoCloseable {
  /// Takes received datagrams.
  @FunctionalInterface
  interface Receiver {
    /// @param buffer borrowed for the call and writable
    void packet(TransportAddress remote, int ecn, byte[] buffer, int offset, int length);
  }

  /// The bound address, with the port in effect.
  TransportAddress local();

  /// Hands over waiting datagrams, at most about `maxPackets` of them so that the loop stays fair.
  ///
  /// @return how many were handed over
  int receive(int maxPackets, Receiver receiver);

  /// Sends packets `from` to `to` (exclusive) of `out`, whatever local address they name. One that
  /// the system refuses is counted and passed over.
  ///
  /// @return the index of the first packet there was no room for, or `to`
  int send(TransmitBuffer out, int from, int to);

  /// Whether [IoBackend.Readiness#writable] is to be called when there is room.
  void awaitWritable(boolean wanted);

  /// Sets the upper six bits of the former TOS octet, RFC 2474, for all packets of this socket.
  ///
  /// @param codePoint 0 to 63, for WebRTC as in RFC 8837 §5
  void dscp(int codePoint) throws IOException;

  /// Sends multicast packets out of this interface, with the hop limit of 255 that multicast DNS
  /// asks for, RFC 6762 §11.
  void multicastFrom(int interfaceIndex) throws IOException;

  /// What the socket counted since it was opened.
  SocketCounters counters();

  @Override
  void close();
}
