package org.klatsch.server.http;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.sockets.SocketListener;
import org.klatsch.server.sockets.SocketPeer;
import org.klatsch.server.sockets.SocketService;

/// One WebSocket of a [SocketService]. Public because Jetty looks for the listener's methods by
/// reflection.
public final class ServiceSocket implements Session.Listener.AutoDemanding, SocketPeer {
  /// A client that reads so slowly has gone.
  private static final long WRITE_TIMEOUT_SECONDS = 15;

  /// A few hundred messages.
  private static final int MAX_QUEUED_BYTES = 512 * 1024;

  private final ServiceSockets sockets;
  private final SocketService service;
  private final InetSocketAddress remote;
  private final InetSocketAddress local;
  private final boolean secure;
  private final @Nullable String origin;
  private final Deque<String> queue = new ArrayDeque<>();
  private int queuedBytes;
  private boolean writing;
  private int closeCode;
  private String closeReason = "";
  private volatile @Nullable Session session;
  private volatile @Nullable SocketListener listener;
  private volatile long heardAt;

  ServiceSocket(
      ServiceSockets sockets,
      SocketService service,
      InetSocketAddress remote,
      InetSocketAddress local,
      boolean secure,
      @Nullable String origin) {
    this.sockets = sockets;
    this.service = service;
    this.remote = remote;
    this.local = local;
    this.secure = secure;
    this.origin = origin;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  public @Nullable String origin() {
    return origin;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    heardAt = System.nanoTime();
    listener = service.opened(this);
    sockets.opened(this);
  }

  @Override
  public void onWebSocketText(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    message(bytes, 0, bytes.length);
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    callback.succeed();
    message(bytes, 0, bytes.length);
  }

  private void message(byte[] bytes, int offset, int length) {
    heardAt = System.nanoTime();
    SocketListener to = listener;
    if (to != null) {
      to.message(bytes, offset, length);
    }
  }

  @Override
  public void onWebSocketPong(ByteBuffer payload) {
    heardAt = System.nanoTime();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    // The close that follows does all there is to do.
  }

  @Override
  public void onWebSocketClose(int code, String reason, Callback callback) {
    sockets.closed(this);
    synchronized (queue) {
      queue.clear();
      queuedBytes = 0;
      closeCode = code == 0 ? 1 : code;
    }
    SocketListener to = listener;
    if (to != null) {
      to.closed();
    }
    callback.succeed();
  }

  @Override
  public boolean send(String message) {
    synchronized (queue) {
      if (closeCode != 0 || queuedBytes + message.length() > MAX_QUEUED_BYTES) {
        return false;
      }
      queue.add(message);
      queuedBytes += message.length();
      startWriting();
      return true;
    }
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
      Thread.ofVirtual().name("klatsch-socket-writer").start(this::write);
    }
  }

  private void write() {
    Session to = session;
    while (to != null) {
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
        if (closing != 0 && to.isOpen()) {
          to.close(closing, reason, Callback.NOOP);
        }
        return;
      }
      try {
        Callback.Completable written = new Callback.Completable();
        to.sendText(message, written);
        written.get(WRITE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        to.disconnect();
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        to.disconnect();
        return;
      }
    }
  }

  /// Sends a WebSocket ping, or disconnects one who was silent for too long: a browser that sleeps
  /// or lost its network says no goodbye.
  void ping(long idleNanos) {
    Session to = session;
    if (to == null) {
      return;
    }
    if (System.nanoTime() - heardAt > idleNanos) {
      to.disconnect();
    } else if (to.isOpen()) {
      to.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }
  }
}
