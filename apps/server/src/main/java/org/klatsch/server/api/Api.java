package org.klatsch.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.klatsch.server.http.Callers;
import org.klatsch.server.http.Origins;
import org.klatsch.server.store.StoreException;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Permission;
import org.klatsch.server.tenants.Tenant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Finds the operation of a request, asks who makes it, reads its body, and answers. Requests that
/// no operation is for are left to others. Blocks: it runs on a thread of its own.
public final class Api extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String PREFIX = "/api/v1/";

  /// The largest body, a webhook or a token with many rooms, takes a few kilobytes.
  private static final int MAX_BODY = 64 * 1024;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_BODY)
                          .maxNestingDepth(8)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<Operation> operations;
  private final Callers callers;
  private final Origins origins;
  private final IntConsumer answered;
  private final byte[] document;

  /// @param parts groups of operations
  /// @param answered is told the status of each answer
  public Api(
      List<? extends OperationGroup> parts,
      Callers callers,
      Origins origins,
      IntConsumer answered) {
    var all = new ArrayList<Operation>();
    parts.forEach(part -> all.addAll(part.operations()));
    operations = List.copyOf(all);
    this.callers = callers;
    this.origins = origins;
    this.answered = answered;
    document = OpenApi.document(operations);
  }

  List<Operation> operations() {
    return operations;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = Request.getPathInContext(request);
    if (!path.startsWith(PREFIX)) {
      return false;
    }
    if (path.equals(PREFIX + "openapi.json") && HttpMethod.GET.is(request.getMethod())) {
      send(200, document, response, callback);
      return true;
    }
    var allowed = new TreeSet<String>();
    for (Operation operation : operations) {
      Map<String, String> variables = operation.match(path);
      if (variables != null) {
        if (operation.method().equals(request.getMethod())) {
          answer(operation, variables, request, response, callback);
          return true;
        }
        allowed.add(operation.method());
      }
    }
    if (allowed.isEmpty()) {
      return false;
    }
    response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", allowed));
    error(405, "method-not-allowed", "This is not done here.", response, callback);
    return true;
  }

  private void answer(
      Operation operation,
      Map<String, String> variables,
      Request request,
      Response response,
      Callback callback) {
    try {
      if (origins.forged(request)) {
        throw new ApiException(403, "cross-site", "A page of another site asks for this.");
      }
      JsonNode body = operation.action().answer(read(operation, variables, request));
      answered.accept(operation.status());
      if (body == null) {
        response.setStatus(operation.status());
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        callback.succeeded();
      } else {
        send(operation.status(), bytes(body), response, callback);
      }
    } catch (AccessDeniedException e) {
      if (e.status() == 401) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"klatsch\"");
      }
      error(e.status(), e.code(), e.text(), response, callback);
    } catch (ApiException e) {
      error(e.status(), e.code(), e.text(), response, callback);
    } catch (IllegalArgumentException e) {
      // What the model refuses: its messages tell what was expected, never a secret.
      error(400, "bad-request", String.valueOf(e.getMessage()), response, callback);
    } catch (StoreException e) {
      LOG.error("{} {} failed: {}", operation.method(), operation.path(), e.getMessage());
      error(507, "storage", "The server cannot store this now.", response, callback);
    } catch (IOException e) {
      callback.failed(e);
    }
  }

  private ApiRequest read(Operation operation, Map<String, String> variables, Request request)
      throws ApiException, AccessDeniedException, IOException {
    Map<String, String> query = new HashMap<>();
    for (Fields.Field field : Request.extractQueryParameters(request)) {
      query.put(field.getName(), field.getValue());
    }
    boolean admin = callers.isAdmin(request);
    String tenant = query.getOrDefault("tenant", "");
    if (!tenant.isEmpty() && !Tenant.isId(tenant)) {
      throw ApiException.notFound("tenant");
    }
    if (!admin) {
      if (operation.scope() == Operation.Scope.SERVER) {
        // A good token of a tenant is told that it is not enough; anybody else has to say who it
        // is.
        Grants _ = callers.tenantGrants(request);
        throw AccessDeniedException.forbidden("Only the administrator of the server may do this.");
      }
      Grants grants = callers.tenantGrants(request);
      if (!grants.permissions().contains(Permission.ADMIN)) {
        throw AccessDeniedException.forbidden("The token does not allow to admin.");
      }
      if (!tenant.isEmpty() && !tenant.equals(grants.tenant())) {
        throw AccessDeniedException.forbidden("The token is another tenant's.");
      }
      tenant = grants.tenant();
    }
    ObjectNode body =
        operation.takes() == null ? JsonNodeFactory.instance.objectNode() : body(request);
    return new ApiRequest(
        tenant.isEmpty() ? Grants.DEFAULT_TENANT : tenant, admin, variables, query, body);
  }

  private static ObjectNode body(Request request) throws ApiException, IOException {
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      // No form of a page sends this type without the browser asking first.
      throw new ApiException(415, "media-type", "The body must be application/json.");
    }
    if (request.getLength() > MAX_BODY) {
      throw tooLarge();
    }
    byte[] bytes;
    try (InputStream in = Content.Source.asInputStream(request)) {
      bytes = in.readNBytes(MAX_BODY + 1);
      if (bytes.length > MAX_BODY) {
        throw tooLarge();
      }
    }
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      // Told below.
    }
    throw ApiException.bad("The body is no JSON object.");
  }

  private static ApiException tooLarge() {
    return new ApiException(413, "too-large", "The body has more than " + MAX_BODY + " bytes.");
  }

  private void error(int status, String code, String text, Response response, Callback callback) {
    answered.accept(status);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("error", code).put("message", text);
    send(status, bytes(body), response, callback);
  }

  private static byte[] bytes(JsonNode node) {
    return JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
  }

  private static void send(int status, byte[] body, Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
