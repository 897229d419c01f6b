package org.klatsch.net.io;

import java.io.IOException;
import org.klatsch.sansio.TransportAddress;

/// The waiting and the sockets of one event loop. Confined to the loop's thread, except [#wakeUp].
public interface IoBackend extends AutoCloseable {
  /// Called by [#await] for a socket that became ready.
  interface Readiness {
    void readable();

    void writable();
  }

  /// `nio` or `ffm`, as in the system property `klatsch.net.backend`.
  String name();

  /// Opens a non-blocking socket bound to exactly `local`; port 0 takes a free one.
  ///
  /// @param readiness told when datagrams wait or, after [UdpSocket#awaitWritable], when there is
  ///   room again
  UdpSocket open(TransportAddress local, SocketOptions options, Readiness readiness)
      throws IOException;

  /// Finds out, by binding it alone for a moment, whether an address is free.
  ///
  /// @return the address with the port in effect
  TransportAddress probe(TransportAddress local) throws IOException;

  /// Whether [SocketOptions#reusePort] works.
  boolean canReusePort();

  /// Waits until a socket is ready, [#wakeUp] is called or time is over, then tells the ready
  /// sockets' [Readiness].
  ///
  /// @param nanos at most so long; 0 only looks; [Long#MAX_VALUE] has no limit
  void await(long nanos) throws IOException;

  /// Ends the present or else the next [#await] early. Any thread may call it.
  void wakeUp();

  /// Closes every socket and frees all memory; called when the loop's thread is about to end.
  @Override
  void close();
}
