package org.klatsch.interop;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Firefox, driven by WebDriver BiDi, which it speaks itself.
public final class Firefox implements Browser {
  private static final Pattern LISTENING =
      Pattern.compile("WebDriver BiDi listening on (ws://\\S+)");

  /// Real host addresses instead of mDNS names would hide a fault in our resolver, so they stay.
  private static final String PREFERENCES =
      """
      user_pref("media.navigator.streams.fake", true);
      user_pref("media.navigator.permission.disabled", true);
      user_pref("media.peerconnection.ice.loopback", true);
      user_pref("media.autoplay.default", 0);
      user_pref("media.autoplay.blocking_policy", 0);
      user_pref("browser.shell.checkDefaultBrowser", false);
      user_pref("browser.startup.homepage_override.mstone", "ignore");
      user_pref("datareporting.policy.dataSubmissionEnabled", false);
      user_pref("toolkit.telemetry.enabled", false);
      user_pref("app.normandy.enabled", false);
      user_pref("network.captive-portal-service.enabled", false);
      user_pref("network.connectivity-service.enabled", false);
      user_pref("browser.safebrowsing.downloads.remote.enabled", false);
      user_pref("browser.safebrowsing.malware.enabled", false);
      user_pref("browser.safebrowsing.phishing.enabled", false);
      user_pref("extensions.update.enabled", false);
      user_pref("services.settings.server", "http://127.0.0.1:9/");
      user_pref("dom.min_background_timeout_value", 4);
      """;

  private final BrowserProcess process;
  private final @Nullable SoundServer sound;
  private final JsonSocket socket;

  private Firefox(BrowserProcess process, @Nullable SoundServer sound, String uri)
      throws IOException {
    this.process = process;
    this.sound = sound;
    this.socket = new JsonSocket(URI.create(uri + "/session"), event -> {});
    ObjectNode params = params();
    params.putObject("capabilities").putObject("alwaysMatch").put("acceptInsecureCerts", true);
    command("session.new", params);
  }

  /// With a sound device of its own where PulseAudio is installed; without one its pages neither
  /// make nor hear audio.
  public static Firefox start() throws IOException {
    SoundServer sound = SoundServer.isInstalled() ? SoundServer.start() : null;
    try {
      return start(sound);
    } catch (IOException e) {
      if (sound != null) {
        sound.close();
      }
      throw e;
    }
  }

  private static Firefox start(@Nullable SoundServer sound) throws IOException {
    Path profile = BrowserProcess.newProfile("firefox");
    Files.writeString(profile.resolve("user.js"), PREFERENCES);
    Map<String, String> environment = new HashMap<>();
    environment.put("MOZ_HEADLESS", "1");
    environment.put("HOME", profile.toString());
    if (sound != null) {
      environment.putAll(sound.environment());
    }
    BrowserProcess process =
        BrowserProcess.start(
            List.of(
                Programs.require("firefox-esr").toString(),
                "--headless",
                "--no-remote",
                "--remote-debugging-port",
                "0",
                "--profile",
                profile.toString()),
            profile,
            environment);
    try {
      return new Firefox(process, sound, process.awaitLine(LISTENING));
    } catch (IOException e) {
      process.close();
      throw e;
    }
  }

  private JsonNode command(String method, ObjectNode params) {
    JsonNode answer = socket.command(method, params, Map.of());
    if (answer.has("error")) {
      throw new BrowserException(
          method + ": " + answer.get("error") + " " + answer.path("message"));
    }
    return answer.path("result");
  }

  private static ObjectNode params() {
    return JsonSocket.JSON.createObjectNode();
  }

  @Override
  public Page newPage() {
    return new Tab(
        command("browsingContext.create", params().put("type", "tab")).get("context").asString());
  }

  @Override
  public String name() {
    return "firefox";
  }

  @Override
  public void close() {
    socket.close();
    process.close();
    if (sound != null) {
      sound.close();
    }
  }

  private final class Tab implements Page {
    private final String context;

    Tab(String context) {
      this.context = context;
    }

    @Override
    public void open(String url) {
      command(
          "browsingContext.navigate",
          params().put("context", context).put("url", url).put("wait", "complete"));
    }

    private JsonNode evaluateRaw(String expression) {
      ObjectNode params =
          params()
              .put("expression", expression)
              .put("awaitPromise", true)
              .put("userActivation", true);
      params.putObject("target").put("context", context);
      params.put("resultOwnership", "root");
      JsonNode result = command("script.evaluate", params);
      if (result.path("type").asString("").equals("exception")) {
        throw new BrowserException("page: " + result.path("exceptionDetails"));
      }
      return result.path("result");
    }

    @Override
    public JsonNode evaluate(String expression) {
      // BiDi describes values type by type; JSON text is simpler to take apart.
      JsonNode result =
          evaluateRaw(
              "(async () => { const value = await ("
                  + expression
                  + "\n);"
                  + " return JSON.stringify(value === undefined ? null : value); })()");
      return JsonSocket.JSON.readTree(result.path("value").asString("null"));
    }

    @Override
    public void chooseFiles(String selector, List<Path> files) {
      JsonNode element =
          evaluateRaw(
              "document.querySelector(" + JsonSocket.JSON.writeValueAsString(selector) + ")");
      ObjectNode params = params().put("context", context);
      params.putObject("element").put("sharedId", element.path("sharedId").asString(""));
      ArrayNode paths = params.putArray("files");
      files.forEach(f -> paths.add(f.toAbsolutePath().toString()));
      command("input.setFiles", params);
    }

    @Override
    public byte[] screenshot() {
      JsonNode result =
          command("browsingContext.captureScreenshot", params().put("context", context));
      return Base64.getDecoder().decode(result.get("data").asString());
    }

    @Override
    public void close() {
      command("browsingContext.close", params().put("context", context));
    }
  }
}
