package org.klatsch.rooms;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One WebSocket to the server, `docs/rooms-protocol.md` §1: text in, text out, and its end.
///
/// Everything is told on the given executor, in order. Sends are queued one behind the other, as
/// the JDK allows one at a time.
final class Signalling implements WebSocket.Listener {
  /// A longer message is none of the protocol's.
  private static final int MAX_MESSAGE = 1 << 20;

  /// What a WebSocket tells its owner.
  interface Owner {
    void messageReceived(String text);

    /// @param code of the close frame, or 1006 if there was none (RFC 6455 §7.1.5)
    void closed(int code, String reason);
  }

  private final Owner owner;
  private final Executor executor;
  private final Duration silence;
  private final StringBuilder partial = new StringBuilder();
  private volatile long lastHeard = System.nanoTime();
  private volatile boolean ended;
  private @Nullable WebSocket socket;
  private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);

  private Signalling(Owner owner, Executor executor, Duration silence) {
    this.owner = owner;
    this.executor = executor;
    this.silence = silence;
  }

  /// Opens a WebSocket; blocks.
  ///
  /// @throws UnreachableException if that fails; its message is for people
  static Signalling open(
      HttpClient http, URI server, RoomOptions options, Owner owner, Executor executor)
      throws UnreachableException, InterruptedException {
    Signalling signalling = new Signalling(owner, executor, options.silence());
    URI address = webSocketAddress(server);
    CompletableFuture<WebSocket> opening =
        http.newWebSocketBuilder()
            .subprotocols("rooms.v1")
            .connectTimeout(options.connectTimeout())
            .buildAsync(address, signalling);
    try {
      signalling.socket = opening.get(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      opening.cancel(true);
      throw new UnreachableException("no answer from " + server, false);
    } catch (java.util.concurrent.ExecutionException e) {
      throw explained(server, e.getCause());
    }
    signalling.watch();
    return signalling;
  }

  /// Why a server cannot be reached.
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1;

    /// Whether another try can bring nothing else.
    final boolean permanent;

    UnreachableException(String message, boolean permanent) {
      super(message, null, false, false);
      this.permanent = permanent;
    }
  }

  private static UnreachableException explained(URI server, @Nullable Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof WebSocketHandshakeException handshake) {
      int status = handshake.getResponse().statusCode();
      // 503: the server is being restarted, `docs/rooms-protocol.md` §6.
      return new UnreachableException(
          server + " answered " + status + " in place of a WebSocket", status != 503);
    }
    if (cause instanceof SSLException) {
      return new UnreachableException(
          "the certificate of " + server + " is not trusted (see --ca): " + cause.getMessage(),
          true);
    }
    String detail =
        cause instanceof java.net.ConnectException || cause == null
            ? "nothing answers there"
            : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new UnreachableException("cannot reach " + server + ": " + detail, false);
  }

  private static URI webSocketAddress(URI server) {
    String text = server.toString();
    String base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return URI.create(base.replaceFirst("^http", "ws") + "/ws");
  }

  /// Queues a message. What cannot be sent is lost; the end of the connection is then told.
  synchronized void send(String text) {
    WebSocket open = socket;
    if (open != null && !ended) {
      sending =
          sending
              .thenCompose(_ -> open.sendText(text, true))
              .exceptionally(error -> {
                end(1006, String.valueOf(error.getMessage()));
                return null;
              });
    }
  }

  /// Says goodbye and waits a moment until that is on its way.
  void close() {
    WebSocket open = socket;
    ended = true;
    if (open != null) {
      CompletableFuture<?> farewell;
      synchronized (this) {
        farewell = sending.thenCompose(_ -> open.sendClose(WebSocket.NORMAL_CLOSURE, ""));
      }
      try {
        farewell.get(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
        // It is gone already.
      }
      open.abort();
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    heard();
    partial.append(data);
    if (partial.length() > MAX_MESSAGE) {
      end(1009, "message too long");
      from.abort();
      return null;
    }
    if (last) {
      String text = partial.toString();
      partial.setLength(0);
      executor.execute(() -> owner.messageReceived(text));
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    heard();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    end(code, reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    end(1006, String.valueOf(error.getMessage()));
  }

  private void heard() {
    lastHeard = System.nanoTime();
  }

  private void end(int code, String reason) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    executor.execute(() -> owner.closed(code, reason));
  }

  /// Looks from time to time whether the server still speaks.
  private void watch() {
    CompletableFuture.delayedExecutor(silence.toMillis() / 4, TimeUnit.MILLISECONDS, executor)
        .execute(() -> {
          if (ended) {
            return;
          }
          if (System.nanoTime() - lastHeard > silence.toNanos()) {
            WebSocket open = socket;
            end(1006, "the server is silent");
            if (open != null) {
              open.abort();
            }
          } else {
            watch();
          }
        });
  }
}
