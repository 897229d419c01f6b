package org.klatsch.server.rooms;

import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A wire whose far end is the test.
final class FakeWire implements Wire {
  private final String source;
  private final Deque<String> sent = new ArrayDeque<>();
  boolean slow;
  int closeCode;

  FakeWire(String source) {
    this.source = source;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public String requestHost() {
    return "klatsch.example";
  }

  @Override
  public boolean send(String message) {
    return !slow && sent.add(message);
  }

  @Override
  public void close(int code, String reason) {
    closeCode = code;
  }

  boolean quiet() {
    return sent.isEmpty();
  }

  JsonNode next(String type) {
    JsonNode message = JsonMapper.shared().readTree(sent.remove());
    if (!message.path("type").asString().equals(type)) {
      throw new AssertionError("expected " + type + " but was sent " + message);
    }
    return message;
  }

  String nextError() {
    return next("error").path("code").asString();
  }
}
