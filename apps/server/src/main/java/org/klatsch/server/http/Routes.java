package org.klatsch.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.klatsch.server.rooms.RoomLimits;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The pages and what needs no body. Answers come from memory, so nothing here blocks.
final class Routes extends Handler.Abstract.NonBlocking {
  private static final Pattern ROOM = Pattern.compile("/r/[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TRANSFER = Pattern.compile("/t/[0-9a-z]{1,16}");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Page page = new Page();
  private final Metrics metrics;
  private final SignalSockets sockets;
  private final RoomLimits limits;
  private final BiFunction<String, String, List<String>> iceServers;
  private final Inspection inspection;
  private final AdminAccess admin;
  private final String version;

  Routes(
      Metrics metrics,
      SignalSockets sockets,
      RoomLimits limits,
      BiFunction<String, String, List<String>> iceServers,
      Inspection inspection,
      AdminAccess admin,
      String version) {
    this.metrics = metrics;
    this.sockets = sockets;
    this.limits = limits;
    this.iceServers = iceServers;
    this.inspection = inspection;
    this.admin = admin;
    this.version = version;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
      return true;
    }
    String path = Request.getPathInContext(request);
    switch (path) {
      case "/" -> file("index.html", request, response, callback);
      case "/send", "/receive" -> file("transfer.html", request, response, callback);
      case "/healthz" -> {
        ObjectNode health = object().put("status", "ok").put("version", version);
        json(HttpStatus.OK_200, health, response, callback);
      }
      case "/readyz" -> {
        boolean ready = !sockets.draining();
        ObjectNode readiness = object().put("status", ready ? "ok" : "draining");
        int status = ready ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503;
        json(status, readiness, response, callback);
      }
      case "/metrics" -> {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Metrics.CONTENT_TYPE);
        bytes(metrics.text(), response, callback);
      }
      case "/api/v1/config" -> json(HttpStatus.OK_200, config(request), response, callback);
      case "/doctor" -> file("doctor.html", request, response, callback);
      case "/inspect", "/api/v1/inspect" -> inspect(path, request, response, callback);
      case "/admin" -> admin(request, response, callback);
      case "/favicon.ico" -> file("icon.svg", request, response, callback);
      default -> {
        if (ROOM.matcher(path).matches()) {
          file("room.html", request, response, callback);
        } else if (TRANSFER.matcher(path).matches()) {
          file("transfer.html", request, response, callback);
        } else if (path.startsWith("/page/")) {
          file(path.substring("/page/".length()), request, response, callback);
        } else {
          Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
        }
      }
    }
    return true;
  }

  /// The administrator's page. What it shows comes over the REST interface.
  private void admin(Request request, Response response, Callback callback) {
    if (admin.allows(request.getHeaders())) {
      file("admin.html", request, response, callback);
    } else {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"klatsch\"");
      Response.writeError(request, response, callback, HttpStatus.UNAUTHORIZED_401);
    }
  }

  /// The page of all connections of this process, and what it shows.
  private void inspect(String path, Request request, Response response, Callback callback) {
    if (!inspection.allows(request)) {
      boolean token = inspection.asksForToken();
      if (token) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"klatsch\"");
      }
      int status = token ? HttpStatus.UNAUTHORIZED_401 : HttpStatus.FORBIDDEN_403;
      Response.writeError(request, response, callback, status);
    } else if (path.equals("/inspect")) {
      file("inspect.html", request, response, callback);
    } else {
      text(inspection.dump(), response, callback);
    }
  }

  private ObjectNode config(Request request) {
    ObjectNode config = object().put("version", version);
    ArrayNode servers = config.putArray("iceServers");
    String host = Request.getServerName(request);
    String source = SignalSockets.source(request.getConnectionMetaData().getRemoteSocketAddress());
    List<String> urls = iceServers.apply(host == null ? "" : host, source);
    if (!urls.isEmpty()) {
      ArrayNode list = servers.addObject().putArray("urls");
      urls.forEach(list::add);
    }
    ObjectNode told = config.putObject("limits");
    told.put("messageBytes", limits.sizes().messageBytes());
    told.put("members", limits.counts().members());
    return config;
  }

  private void file(String name, Request request, Response response, Callback callback) {
    Page.File file = page.file(name);
    if (file == null) {
      Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      return;
    }
    var headers = response.getHeaders();
    headers.put(HttpHeader.ETAG, file.etag());
    // Asked for anew each time, answered by 304: an updated server must never meet an old page.
    headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
    headers.put(HttpHeader.VARY, "Accept-Encoding");
    String known = request.getHeaders().get(HttpHeader.IF_NONE_MATCH);
    if (known != null && known.contains(file.etag())) {
      response.setStatus(HttpStatus.NOT_MODIFIED_304);
      callback.succeeded();
      return;
    }
    headers.put(HttpHeader.CONTENT_TYPE, file.type());
    String accepted = request.getHeaders().get(HttpHeader.ACCEPT_ENCODING);
    byte[] gzip = file.gzip();
    if (gzip != null && accepted != null && accepted.contains("gzip")) {
      headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
      bytes(gzip, response, callback);
    } else {
      bytes(file.bytes(), response, callback);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static void json(int status, ObjectNode body, Response response, Callback callback) {
    response.setStatus(status);
    text(JSON.writeValueAsString(body), response, callback);
  }

  private static void text(String json, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    bytes(json.getBytes(StandardCharsets.UTF_8), response, callback);
  }

  private static void bytes(byte[] body, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
