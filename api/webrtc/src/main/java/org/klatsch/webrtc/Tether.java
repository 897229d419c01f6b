package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.CoreListener;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LocalAddress;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.sansio.TransportAddress;

/// What the loop, the factory and the Cleaner know of a connection, and all that is needed to end
/// its session.
///
/// It holds the connection strongly from the first description until closed or failed, as the W3C
/// says, otherwise weakly. Listeners at channels and transports usually refer to their connection:
/// if anything outside of it held them, it would never be freed.
///
/// Deviates from W3C WebRTC §6.4: a channel of a failed connection is freed even if it has
/// listeners, because they would keep the connection for ever.
///
/// Confined to the loop except [#ownerCollected] and [#addressesChanged].
final class Tether implements CoreListener<SessionEvent> {
  private static final System.Logger LOGGER = System.getLogger(Tether.class.getName());

  private final PeerConnectionFactory factory;
  private final EventLoop loop;
  private final WeakReference<Connection> connection;
  private final ConnectionEvents.Lifetime lifetime = new ConnectionEvents.Lifetime();
  private RTCPeerConnectionState state = RTCPeerConnectionState.NEW;
  private @Nullable Session session;
  private @Nullable CoreDriver<SessionEvent> driver;
  private volatile boolean ended;

  /// The names of multicast DNS that stand for its addresses.
  private final Set<String> names = new HashSet<>();

  @SuppressWarnings("UnusedVariable") // A reference is all it is.
  private @Nullable RTCPeerConnection inUse;

  Tether(Connection connection, PeerConnectionFactory factory, EventLoop loop, String name) {
    this.factory = factory;
    this.loop = loop;
    this.connection = new WeakReference<>(connection);
    lifetime.connection = name;
    lifetime.begin();
  }

  /// Has the loop drive the session; from now on the connection lives until closed or failed.
  CoreDriver<SessionEvent> start(Session started, @Nullable RTCPeerConnection owner) {
    session = started;
    inUse = owner;
    CoreDriver<SessionEvent> attached = loop.attach(started, this);
    driver = attached;
    factory.started(this);
    return attached;
  }

  void stateChanged(RTCPeerConnectionState next, @Nullable RTCPeerConnection owner) {
    state = next;
    switch (next) {
      case FAILED -> inUse = null;
      case CONNECTED -> inUse = owner;
      default -> {}
    }
  }

  /// Gives an address a name as long as the connection lives; null where nobody could ask for it.
  @Nullable String publish(TransportAddress address) {
    String name = factory.names().publish(address);
    if (name != null) {
      names.add(name);
    }
    return name;
  }

  void withdraw(String name) {
    if (names.remove(name)) {
      factory.names().withdraw(name);
    }
  }

  /// Ends the session, its ports are closed.
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    Session current = session;
    CoreDriver<SessionEvent> currentDriver = driver;
    if (current != null && currentDriver != null) {
      current.close(loop.now());
      currentDriver.detach();
      factory.ended(this);
    }
    inUse = null;
    List.copyOf(names).forEach(this::withdraw);
    LiveConnections.ended(lifetime.connection);
    lifetime.finish(state);
  }

  /// Nobody refers to the connection any more.
  void ownerCollected() {
    if (ended) {
      return;
    }
    factory.abandoned();
    try {
      loop.execute(() -> {
        Connection known = connection.get();
        if (known != null) {
          // A channel of it is still in somebody's hand.
          known.closeOnLoop();
          known.requestTurn();
        } else {
          end();
        }
      });
    } catch (RejectedExecutionException e) {
      LOGGER.log(Level.DEBUG, "the loop of an abandoned connection is closed", e);
    }
  }

  /// The machine's addresses have changed.
  void addressesChanged(List<LocalAddress> addresses) {
    Connection known = connection.get();
    if (known != null) {
      known.addressesChanged(addresses);
    }
  }

  @Override
  public void event(SessionEvent event) {
    Connection known = connection.get();
    if (known != null) {
      known.event(event);
    }
  }

  @Override
  public void pairRefused(TransportAddress local, TransportAddress remote) {
    Connection known = connection.get();
    if (known != null) {
      known.pairRefused(local, remote);
    }
  }

  @Override
  public void suspended(Duration gap) {
    Connection known = connection.get();
    if (known != null) {
      known.suspended(gap);
    }
  }

  @Override
  public void broken(Throwable cause) {
    Connection known = connection.get();
    if (known != null) {
      known.broken(cause);
    }
  }
}
