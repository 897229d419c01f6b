package org.klatsch.interop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Commands with numbered answers and events as JSON over a WebSocket, as the DevTools protocol and
/// WebDriver BiDi both have them.
final class JsonSocket implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(5);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ReentrantLock sending = new ReentrantLock();
  private final Consumer<JsonNode> events;
  private final WebSocket socket;

  /// @param events is given every message that is no answer, on the socket's thread
  JsonSocket(URI uri, Consumer<JsonNode> events) throws IOException {
    this.events = events;
    try {
      this.socket =
          client.newWebSocketBuilder().buildAsync(uri, new Listener()).get(20, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no connection to " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        JsonNode message = JSON.readTree(text.toString());
        text.setLength(0);
        CompletableFuture<JsonNode> future =
            message.has("id") ? pending.remove(message.get("id").asInt()) : null;
        if (future != null) {
          future.complete(message);
        } else {
          events.accept(message);
        }
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
      fail(new IOException("the browser closed the connection: " + status + " " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      fail(error);
    }

    private void fail(Throwable error) {
      pending.values().forEach(f -> f.completeExceptionally(error));
      pending.clear();
    }
  }

  /// Sends a command and waits for its answer, the whole message.
  ///
  /// @param extra further members of the command's object, such as a session id
  JsonNode command(String method, ObjectNode params, Map<String, String> extra) {
    int id = numbers.incrementAndGet();
    ObjectNode message = JSON.createObjectNode();
    message.put("id", id);
    message.put("method", method);
    message.set("params", params);
    extra.forEach(message::put);
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    pending.put(id, answer);
    sending.lock();
    try {
      socket.sendText(message.toString(), true).join();
    } finally {
      sending.unlock();
    }
    try {
      return answer.get(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BrowserException(method + " got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrowserException(method + " was interrupted", e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }
}
