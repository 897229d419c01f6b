package org.klatsch.webrtc;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The connections of this process: for the switch that turns all off, and for inspection. It keeps
/// none of them alive. Thread-safe.
final class LiveConnections {
  /// Logs of connections that were closed last are kept so many: what somebody looks for has often
  /// just failed.
  private static final int MAX_CLOSED = 16;

  private record Live(ConnectionLog log, WeakReference<RTCPeerConnection> connection) {}

  /// By the connection's name.
  private static final Map<String, Live> LIVE = new ConcurrentHashMap<>();

  private static final Deque<ConnectionLog> CLOSED = new ArrayDeque<>();

  private LiveConnections() {}

  static void add(RTCPeerConnection connection) {
    ConnectionLog log = connection.log();
    LIVE.put(log.name(), new Live(log, new WeakReference<>(connection)));
  }

  /// The connection is closed, or nobody refers to it any more.
  static void ended(String name) {
    Live live = LIVE.remove(name);
    if (live != null) {
      live.log().closed();
      synchronized (CLOSED) {
        if (CLOSED.size() == MAX_CLOSED) {
          CLOSED.removeFirst();
        }
        CLOSED.addLast(live.log());
      }
    }
  }

  /// The oldest first.
  static List<RTCPeerConnection> all() {
    List<RTCPeerConnection> found = new ArrayList<>();
    for (Live each : LIVE.values()) {
      RTCPeerConnection connection = each.connection().get();
      if (connection != null) {
        found.add(connection);
      }
    }
    found.sort(Comparator.comparingLong(connection -> connection.log().number()));
    return found;
  }

  /// What is left of connections that were closed last, the oldest first.
  static List<ConnectionLog> closed() {
    synchronized (CLOSED) {
      return List.copyOf(CLOSED);
    }
  }

  static void closeAll() {
    all().forEach(RTCPeerConnection::close);
  }
}
