package org.klatsch.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A plain client of `rooms.v1`.
final class SignalClient implements WebSocket.Listener, AutoCloseable {
  private static final String CLOSED = "closed ";

  private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  private SignalClient(WebSocket.Builder builder, URI uri) {
    socket = builder.connectTimeout(Duration.ofSeconds(10)).buildAsync(uri, this).join();
  }

  static SignalClient connect(HttpClient http, KlatschServer server) {
    return connect(http.newWebSocketBuilder().subprotocols("rooms.v1"), server);
  }

  static SignalClient connect(WebSocket.Builder builder, KlatschServer server) {
    return new SignalClient(builder, webSocketUri(server));
  }

  /// The status by which the upgrade is refused.
  static int refusal(WebSocket.Builder builder, KlatschServer server) {
    try (var client = connect(builder, server)) {
      throw new AssertionError("accepted " + client);
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  static URI webSocketUri(KlatschServer server) {
    return URI.create(server.ready().url().replaceFirst("^http", "ws") + "/ws");
  }

  SignalClient send(String json) {
    socket.sendText(json.replace('\'', '"'), true).join();
    return this;
  }

  SignalClient sendBinary() {
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1}), true).join();
    return this;
  }

  /// Joins and returns the welcome.
  JsonNode join(String room, String name) {
    send("{'type':'join','room':'" + room + "','name':'" + name + "'}");
    return next("welcome");
  }

  JsonNode next(String type) {
    JsonNode message = JsonMapper.shared().readTree(take());
    if (!message.path("type").asString().equals(type)) {
      throw new AssertionError("expected " + type + " but received " + message);
    }
    return message;
  }

  /// What was received already, or null.
  @Nullable String poll() {
    return received.poll();
  }

  /// The code of the next message, which must be an error.
  String nextError() {
    return next("error").path("code").asString();
  }

  /// The close code; messages before it are skipped.
  int closeCode() {
    String text;
    do {
      text = take();
    } while (!text.startsWith(CLOSED));
    return Integer.parseInt(text.substring(CLOSED.length()));
  }

  private String take() {
    try {
      String text = received.poll(10, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("nothing received");
      }
      return text;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      received.add(partial.toString());
      partial.setLength(0);
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
    received.add(CLOSED + statusCode);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    received.add(CLOSED + 1006);
  }

  void leave() {
    socket.sendClose(1000, "").join();
  }

  /// The TCP connection breaks.
  void abort() {
    socket.abort();
  }

  @Override
  public void close() {
    socket.abort();
  }
}
