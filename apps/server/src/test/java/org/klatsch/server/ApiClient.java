package org.klatsch.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls the REST interface.
public record ApiClient(HttpClient http, KlatschServer server) {

  /// An answer.
  public record Answer(int status, String text, HttpResponse<String> response) {
    public JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }
  }

  /// The header of the administrator.
  public String admin() {
    ReadyInformation.Admin admin = server.ready().admin();
    String pair = admin.user() + ":" + admin.password();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /// As the administrator.
  public Answer asAdmin(String method, String path, String body)
      throws IOException, InterruptedException {
    return call(method, path, body, "Authorization", admin());
  }

  /// With a token.
  public Answer with(String token, String method, String path, String body)
      throws IOException, InterruptedException {
    return call(method, path, body, "Authorization", "Bearer " + token);
  }

  /// @param body empty for none
  public Answer call(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(server.ready().url() + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }
}
