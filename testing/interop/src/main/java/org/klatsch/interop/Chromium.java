package org.klatsch.interop;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Chromium, driven by the DevTools protocol.
public final class Chromium implements Browser {
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

  private final BrowserProcess process;
  private final JsonSocket socket;
  private final Map<String, CountDownLatch> loads = new ConcurrentHashMap<>();

  private Chromium(BrowserProcess process, String uri) throws IOException {
    this.process = process;
    this.socket = new JsonSocket(URI.create(uri), this::onEvent);
  }

  /// A browser whose pages may use its fake devices; therefore its candidates show addresses.
  ///
  /// @param flags further command line flags
  public static Chromium start(List<String> flags) throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.add("--use-fake-ui-for-media-stream");
    return startWithoutPermissions(all);
  }

  /// A browser as people run it: its candidates hide addresses behind names of multicast DNS.
  ///
  /// @param flags further command line flags
  public static Chromium startWithoutPermissions(List<String> flags) throws IOException {
    Path profile = BrowserProcess.newProfile("chromium");
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.require("chromium").toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--use-fake-device-for-media-stream",
                "--disable-background-networking",
                "--disable-background-timer-throttling",
                "--disable-renderer-backgrounding",
                "--disable-backgrounding-occluded-windows",
                "--disable-component-update",
                "--no-first-run",
                "--no-default-browser-check",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile));
    command.addAll(flags);
    command.add("about:blank");
    BrowserProcess process = BrowserProcess.start(command, profile, Map.of());
    try {
      return new Chromium(process, process.awaitLine(LISTENING));
    } catch (IOException e) {
      process.close();
      throw e;
    }
  }

  private void onEvent(JsonNode event) {
    if (event.path("method").asString("").equals("Page.loadEventFired")) {
      CountDownLatch load = loads.get(event.path("sessionId").asString(""));
      if (load != null) {
        load.countDown();
      }
    }
  }

  private JsonNode command(String method, ObjectNode params, Map<String, String> extra) {
    JsonNode answer = socket.command(method, params, extra);
    if (answer.has("error")) {
      throw new BrowserException(method + ": " + answer.get("error"));
    }
    return answer.path("result");
  }

  private static ObjectNode params() {
    return JsonSocket.JSON.createObjectNode();
  }

  @Override
  public Page newPage() {
    String target =
        command("Target.createTarget", params().put("url", "about:blank"), Map.of())
            .get("targetId")
            .asString();
    String session =
        command(
                "Target.attachToTarget",
                params().put("targetId", target).put("flatten", true),
                Map.of())
            .get("sessionId")
            .asString();
    return new Tab(target, session);
  }

  @Override
  public String name() {
    return "chromium";
  }

  @Override
  public void close() {
    socket.close();
    process.close();
  }

  private final class Tab implements Page {
    private final String target;
    private final Map<String, String> session;

    Tab(String target, String session) {
      this.target = target;
      this.session = Map.of("sessionId", session);
      command("Page.enable", params(), this.session);
    }

    @Override
    public void open(String url) {
      CountDownLatch load = new CountDownLatch(1);
      String id = session.getOrDefault("sessionId", "");
      loads.put(id, load);
      JsonNode result = command("Page.navigate", params().put("url", url), session);
      if (result.has("errorText")) {
        throw new BrowserException(url + ": " + result.get("errorText").asString());
      }
      try {
        if (!load.await(30, TimeUnit.SECONDS)) {
          throw new BrowserException(url + " did not load");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BrowserException("interrupted", e);
      } finally {
        loads.remove(id);
      }
    }

    @Override
    public JsonNode evaluate(String expression) {
      JsonNode result =
          command(
              "Runtime.evaluate",
              params()
                  .put("expression", expression)
                  .put("awaitPromise", true)
                  .put("returnByValue", true)
                  .put("userGesture", true),
              session);
      if (result.has("exceptionDetails")) {
        throw new BrowserException("page: " + result.get("exceptionDetails"));
      }
      return result.path("result").path("value");
    }

    @Override
    public void chooseFiles(String selector, List<Path> files) {
      JsonNode document = command("DOM.getDocument", params(), session);
      JsonNode node =
          command(
              "DOM.querySelector",
              params().put("nodeId", document.at("/root/nodeId").asInt()).put("selector", selector),
              session);
      ObjectNode params = params().put("nodeId", node.get("nodeId").asInt());
      ArrayNode paths = params.putArray("files");
      files.forEach(f -> paths.add(f.toAbsolutePath().toString()));
      command("DOM.setFileInputFiles", params, session);
    }

    @Override
    public byte[] screenshot() {
      JsonNode result = command("Page.captureScreenshot", params(), session);
      return Base64.getDecoder().decode(result.get("data").asString());
    }

    @Override
    public void close() {
      command("Target.closeTarget", params().put("targetId", target), Map.of());
    }
  }
}
