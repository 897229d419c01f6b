package org.klatsch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.config.Configuration;
import org.klatsch.server.config.Section;
import org.klatsch.server.config.ServerConfiguration;
import tools.jackson.databind.JsonNode;

/// What docs/hosting.md shows is what the server takes and does.
@Timeout(60)
final class HostingGuideTest {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
  @TempDir Path directory;

  private static String guide() throws Exception {
    return Files.readString(Path.of(System.getProperty("klatsch.root"), "docs/hosting.md"));
  }

  private static List<String> blocks(String kind) throws Exception {
    var blocks = new ArrayList<String>();
    Matcher matcher = Pattern.compile("```" + kind + "\n(.*?)```", Pattern.DOTALL).matcher(guide());
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void theConfigurationAndTheCommandsWork() throws Exception {
    Path file = Files.writeString(directory.resolve("klatsch.yaml"), blocks("yaml").getFirst());
    Map<String, String> flags =
        Map.of("--host", "127.0.0.1", "--port", "0", "--data", directory.resolve("d").toString());
    Section root = Configuration.load(file, Map.of(), flags).root();
    ServerOptions options = ServerConfiguration.read(root, Map.of());
    root.finish();
    assertThat(options.tls()).isInstanceOf(TlsOptions.Files.class);
    ServerOptions local =
        options
            .withTls(new TlsOptions.Off())
            .withService(options.service().withDrainNotice(Duration.ZERO));
    try (HttpClient http = HttpClient.newHttpClient();
        KlatschServer server = KlatschServer.start(local)) {
      var api = new ApiClient(http, server);
      var answers = new ArrayList<JsonNode>();
      for (String block : blocks("sh")) {
        for (String line : block.lines().toList()) {
          ApiClient.Answer answer = curl(api, line);
          assertThat(answer.status()).as(line).isBetween(200, 299);
          answers.add(answer.json());
        }
      }
      assertThat(answers).hasSize(6);
      assertThat(answers.get(1).path("secret").asString()).hasSizeGreaterThanOrEqualTo(32);
      String token = answers.get(2).path("token").asString();
      SignalClient ada = SignalClient.connect(http, server);
      ada.send("{'type':'join','room':'kitchen','token':'" + token + "'}");
      assertThat(ada.next("welcome").path("chat").path(0).path("text").asString())
          .isEqualTo("We are back.");
      assertThat(answers.get(5).path("messages").path(0).path("name").asString())
          .isEqualTo("Support");
    }
  }

  /// The options of curl that the guide uses.
  private static ApiClient.Answer curl(ApiClient api, String line) throws Exception {
    String method = "GET";
    String url = "";
    String body = "";
    var words = new ArrayList<String>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(
          matcher.group(1) != null
              ? matcher.group(1)
              : matcher.group(2) != null ? matcher.group(2) : matcher.group(3));
    }
    assertThat(words.getFirst()).isEqualTo("curl");
    for (int i = 1; i < words.size(); i++) {
      switch (words.get(i)) {
        case "-X" -> method = words.get(++i);
        case "-d" -> body = words.get(++i);
        case "-H" -> assertThat(words.get(++i)).isEqualTo("Content-Type: application/json");
        case "-u" -> assertThat(words.get(++i)).isEqualTo("$ADMIN");
        default -> url = words.get(i);
      }
    }
    assertThat(url).startsWith("$KLATSCH/");
    return api.asAdmin(method, url.substring("$KLATSCH".length()), body);
  }
}
