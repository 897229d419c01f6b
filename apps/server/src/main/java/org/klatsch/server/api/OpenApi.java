package org.klatsch.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes the document of OpenAPI 3.1: the paths and schemas of the resource `openapi.json`, and
/// the operations.
final class OpenApi {
  private OpenApi() {}

  static byte[] document(List<Operation> operations) {
    ObjectNode root;
    try (InputStream in =
        OpenApi.class.getResourceAsStream("/org/klatsch/server/page/openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks openapi.json");
      }
      root = (ObjectNode) JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ObjectNode paths = (ObjectNode) root.path("paths");
    for (Operation operation : operations) {
      JsonNode before = paths.get(operation.path());
      ObjectNode path =
          before instanceof ObjectNode known ? known : paths.putObject(operation.path());
      path.set(operation.method().toLowerCase(Locale.ROOT), describe(operation));
    }
    return JsonMapper.shared().writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode describe(Operation operation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("summary", operation.summary());
    ArrayNode security = node.putArray("security");
    security.addObject().putArray("admin");
    if (operation.scope() == Operation.Scope.TENANT) {
      security.addObject().putArray("token");
    }
    ArrayNode parameters = node.putArray("parameters");
    for (String variable : operation.variables()) {
      parameter(parameters, variable, "path");
    }
    if (operation.scope() == Operation.Scope.TENANT) {
      parameter(parameters, "tenant", "query");
    }
    if (operation.takes() != null) {
      ObjectNode body = node.putObject("requestBody").put("required", true);
      content(body, operation.takes());
    }
    ObjectNode responses = node.putObject("responses");
    ObjectNode good = responses.putObject(String.valueOf(operation.status()));
    good.put("description", operation.gives() == null ? "Done" : operation.gives());
    content(good, operation.gives());
    error(responses, 401, "Nobody known asks");
    error(responses, 403, "It is not allowed");
    if (!operation.variables().isEmpty()) {
      error(responses, 404, "There is no such thing");
    }
    if (operation.takes() != null) {
      error(responses, 400, "The body is not good");
      error(responses, 413, "The body is too large");
    }
    return node;
  }

  private static void parameter(ArrayNode parameters, String name, String place) {
    ObjectNode parameter = parameters.addObject();
    parameter.put("name", name).put("in", place).put("required", place.equals("path"));
    parameter.putObject("schema").put("type", "string");
  }

  private static void error(ObjectNode responses, int status, String description) {
    ObjectNode response = responses.putObject(String.valueOf(status));
    response.put("description", description);
    content(response, "Error");
  }

  private static void content(ObjectNode node, @Nullable String schema) {
    if (schema != null) {
      node.putObject("content")
          .putObject("application/json")
          .putObject("schema")
          .put("$ref", "#/components/schemas/" + schema);
    }
  }
}
