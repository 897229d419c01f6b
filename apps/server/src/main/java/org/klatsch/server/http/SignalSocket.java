package org.klatsch.server.http;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.rooms.CloseCode;
import org.klatsch.server.rooms.Connection;
import org.klatsch.server.rooms.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket of `rooms.v1`. Sending is a bounded queue that a virtual thread empties, a thread
/// existing only while something is queued; so nobody waits for a slow reader but that thread.
/// Public because Jetty looks for the listener's methods by reflection.
public final class SignalSocket implements Session.Listener.AutoDemanding, Wire {
  private static final Logger LOG = LoggerFactory.getLogger(SignalSocket.class);

  /// A message that one TCP window of a bad mobile path does not take in this time will not be read
  /// any more.
  private static final long WRITE_TIMEOUT_SECONDS = 15;

  /// No status code was in the close frame, RFC 6455 §7.4.1: `close()` without arguments of a page.
  private static final int NO_STATUS = 1005;

  private final SignalSockets sockets;
  private final String source;
  private final String requestHost;

  private final Deque<String> queue = new ArrayDeque<>();
  private int queuedBytes;
  private boolean writing;
  private int closeCode;
  private String closeReason = "";

  private volatile @Nullable Session session;
  private volatile long heardAt;
  private volatile @Nullable Connection connection;

  SignalSocket(SignalSockets sockets, String source, String requestHost) {
    this.sockets = sockets;
    this.source = source;
    this.requestHost = requestHost;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public String requestHost() {
    return requestHost;
  }

  @Override
  public void onWebSocketOpen(Session session) {
    this.session = session;
    heardAt = System.nanoTime();
    sockets.opened(this);
    connection = sockets.directory().open(sockets.now(), this);
  }

  @Override
  public void onWebSocketText(String message) {
    heardAt = System.nanoTime();
    Connection connection = this.connection;
    if (connection != null) {
      sockets.directory().receive(sockets.now(), connection, message);
    }
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    callback.succeed();
    close(CloseCode.UNSUPPORTED_DATA, "text only");
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    heardAt = System.nanoTime();
  }

  /// Clients vanish; the close that follows does all there is to do.
  @Override
  public void onWebSocketError(Throwable cause) {
    LOG.debug("a WebSocket failed: {}", cause.toString());
  }

  @Override
  public void onWebSocketClose(int code, String reason, Callback callback) {
    sockets.closed(this);
    synchronized (queue) {
      sockets.queued(-queuedBytes);
      queue.clear();
      queuedBytes = 0;
      closeCode = CloseCode.NORMAL;
    }
    Connection connection = this.connection;
    if (connection != null) {
      boolean goodbye =
          code == CloseCode.NORMAL || code == CloseCode.GOING_AWAY || code == NO_STATUS;
      sockets.directory().closed(sockets.now(), connection, goodbye);
    }
    callback.succeed();
  }

  @Override
  public boolean send(String message) {
    synchronized (queue) {
      if (closeCode != 0) {
        return true;
      }
      if (queuedBytes + message.length() > sockets.sizes().queuedBytes()
          || !sockets.mayQueue(message.length())) {
        return false;
      }
      queue.add(message);
      queuedBytes += message.length();
      sockets.queued(message.length());
      startWriting();
    }
    return true;
  }

  @Override
  public void close(int code, String reason) {
    synchronized (queue) {
      if (closeCode == 0) {
        closeCode = code;
        closeReason = reason;
        startWriting();
      }
    }
  }

  private void startWriting() {
    if (!writing) {
      writing = true;
      Thread.ofVirtual().name("klatsch-signal-writer").start(this::write);
    }
  }

  private void write() {
    Session session = this.session;
    while (session != null) {
      String message;
      int closing = 0;
      String reason = "";
      synchronized (queue) {
        message = queue.poll();
        if (message == null) {
          writing = false;
          closing = closeCode;
          reason = closeReason;
        } else {
          queuedBytes -= message.length();
        }
      }
      if (message == null) {
        // Outside the lock: closing may call back at once, and that takes the directory's lock,
        // under
        // which others send.
        if (closing != 0 && session.isOpen()) {
          session.close(closing, reason, Callback.NOOP);
        }
        return;
      }
      sockets.queued(-message.length());
      try {
        var written = new Callback.Completable();
        session.sendText(message, written);
        written.get(WRITE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        session.disconnect();
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        session.disconnect();
        return;
      }
    }
  }

  /// Sends a WebSocket ping, or disconnects one who was silent for too long.
  void ping(long idleNanos) {
    Session session = this.session;
    if (session == null) {
      return;
    }
    if (System.nanoTime() - heardAt > idleNanos) {
      session.disconnect();
    } else if (session.isOpen()) {
      session.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }
  }

  void disconnect() {
    Session session = this.session;
    if (session != null) {
      session.disconnect();
    }
  }
}
