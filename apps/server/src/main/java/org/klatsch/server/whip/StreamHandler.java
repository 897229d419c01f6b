package org.klatsch.server.whip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.media.LegRefusedException;
import org.klatsch.server.media.SdpFragment;
import org.klatsch.server.rooms.IceServerEntry;
import org.klatsch.server.tenants.Permission;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// `/whip/{stream}` and `/whep/{stream}`, and the sessions beneath them, RFC 9725 §4 and
/// draft-ietf-wish-whep §4. Blocks, on virtual threads.
public final class StreamHandler extends Handler.Abstract {
  private static final Pattern PATH =
      Pattern.compile("/(whip|whep)/([A-Za-z0-9][A-Za-z0-9._~-]{0,127})(?:/([0-9a-f]{32}))?");
  private static final String SDP = "application/sdp";
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Pages of any origin may ask: what they may do, tokens tell.
  private static final HttpFields CORS =
      HttpFields.build()
          .put("Access-Control-Allow-Origin", "*")
          .put("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Accept-Post")
          .asImmutable();

  private static final HttpFields PREFLIGHT =
      HttpFields.build()
          .put("Access-Control-Allow-Methods", "POST, PATCH, DELETE, OPTIONS")
          .put("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
          .put("Access-Control-Max-Age", "86400")
          .asImmutable();

  private final Streams streams;
  private final StreamAccess access;
  private final Function<String, List<IceServerEntry>> iceServers;

  /// @param iceServers for a client that knows the server by this name
  public StreamHandler(
      Streams streams, StreamAccess access, Function<String, List<IceServerEntry>> iceServers) {
    this.streams = streams;
    this.access = access;
    this.iceServers = iceServers;
  }

  /// What a request is about.
  ///
  /// @param session null for the endpoint itself
  private record Target(boolean publishes, String stream, @Nullable String session) {
    Permission permission() {
      return publishes ? Permission.PUBLISH : Permission.SUBSCRIBE;
    }
  }

  /// @param headers beside those of all answers
  /// @param type of the body, empty without one
  private record Answer(int status, HttpFields headers, String type, String body) {}

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Matcher path = PATH.matcher(Request.getPathInContext(request));
    if (!path.matches()) {
      return false;
    }
    Target target = new Target(path.group(1).equals("whip"), path.group(2), path.group(3));
    Answer answer;
    try {
      answer = answer(request, target);
    } catch (StreamProblem problem) {
      answer = problem(problem);
    } catch (IOException e) {
      callback.failed(e);
      return true;
    }
    response.setStatus(answer.status());
    HttpFields.Mutable headers = response.getHeaders();
    CORS.forEach(headers::put);
    // Links may be several.
    answer.headers().forEach(headers::add);
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    if (!answer.type().isEmpty()) {
      headers.put(HttpHeader.CONTENT_TYPE, answer.type());
    }
    headers.put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  /// RFC 9457.
  private static Answer problem(StreamProblem problem) {
    HttpFields.Mutable headers = HttpFields.build();
    if (problem.status() == HttpStatus.UNAUTHORIZED_401) {
      headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    } else if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE_503) {
      headers.put(HttpHeader.RETRY_AFTER, "5");
    } else if (problem.status() == HttpStatus.METHOD_NOT_ALLOWED_405) {
      headers.put(HttpHeader.ALLOW, problem.text());
    }
    String body =
        JSON.writeValueAsString(
            JsonNodeFactory.instance
                .objectNode()
                .put("title", HttpStatus.getMessage(problem.status()))
                .put("status", problem.status())
                .put("detail", problem.text()));
    return new Answer(problem.status(), headers.asImmutable(), "application/problem+json", body);
  }

  private Answer answer(Request request, Target target) throws StreamProblem, IOException {
    String method = request.getMethod();
    if (method.equals("OPTIONS")) {
      return options(target);
    }
    String allowed = target.session() == null ? "POST, OPTIONS" : "PATCH, DELETE, OPTIONS";
    if (!allowed.contains(method)) {
      throw new StreamProblem(HttpStatus.METHOD_NOT_ALLOWED_405, allowed);
    }
    String tenant = access.admit(request, target.permission(), target.stream());
    if (target.session() == null) {
      return post(request, target, tenant);
    }
    StreamSession session =
        streams.session(tenant, target.stream(), target.session(), target.publishes());
    if (session == null) {
      throw new StreamProblem(HttpStatus.NOT_FOUND_404, "There is no such session.");
    }
    if (method.equals("DELETE")) {
      session.leg().close();
      streams.ended(session);
      return new Answer(HttpStatus.OK_200, HttpFields.EMPTY, "", "");
    }
    return patch(request, session);
  }

  private static Answer options(Target target) {
    HttpFields.Mutable headers = HttpFields.build(PREFLIGHT);
    if (target.session() == null) {
      headers.put("Accept-Post", SDP);
    } else {
      headers.put("Accept-Patch", SdpFragment.TYPE);
    }
    return new Answer(HttpStatus.OK_200, headers.asImmutable(), "", "");
  }

  private Answer post(Request request, Target target, String tenant)
      throws StreamProblem, IOException {
    requireType(request, SDP);
    String offer = body(request, streams.limits().offerBytes());
    if (offer.isBlank()) {
      throw new StreamProblem(
          HttpStatus.UNPROCESSABLE_ENTITY_422, "An offer is needed; the server makes none.");
    }
    Streams.Answered answered =
        target.publishes()
            ? streams.publish(tenant, target.stream(), offer)
            : streams.play(tenant, target.stream(), offer);
    StreamSession session = answered.session();
    HttpFields.Mutable headers =
        HttpFields.build()
            .put(HttpHeader.LOCATION, Request.getPathInContext(request) + "/" + session.id())
            .put(HttpHeader.ETAG, session.etag())
            .put("Accept-Patch", SdpFragment.TYPE);
    links(request).forEach(link -> headers.add(new HttpField("Link", link)));
    return new Answer(HttpStatus.CREATED_201, headers.asImmutable(), SDP, answered.sdp());
  }

  /// RFC 9725 §4.6.
  private List<String> links(Request request) {
    String host = Request.getServerName(request);
    return iceServers.apply(host == null ? "" : host).stream()
        .flatMap(entry -> entry.urls().stream().map(url -> link(url, entry)))
        .toList();
  }

  private static String link(String url, IceServerEntry entry) {
    var credential = entry.credential();
    String link = "<" + url + ">; rel=\"ice-server\"";
    return credential == null
        ? link
        : link
            + "; username=\""
            + credential.username()
            + "\"; credential=\""
            + credential.password()
            + "\"; credential-type=\"password\"";
  }

  /// RFC 9725 §4.3.1 to §4.3.3.
  private Answer patch(Request request, StreamSession session) throws StreamProblem, IOException {
    requireType(request, SdpFragment.TYPE);
    String condition = request.getHeaders().get(HttpHeader.IF_MATCH);
    if (condition == null) {
      throw new StreamProblem(
          HttpStatus.PRECONDITION_REQUIRED_428, "If-Match is needed: the ETag, or * to restart.");
    }
    if (!matches(condition, session.etag())) {
      throw new StreamProblem(
          HttpStatus.PRECONDITION_FAILED_412, "ICE was restarted since that ETag.");
    }
    SdpFragment fragment;
    try {
      fragment = SdpFragment.parse(body(request, streams.limits().fragmentBytes()));
    } catch (LegRefusedException e) {
      throw new StreamProblem(HttpStatus.BAD_REQUEST_400, String.valueOf(e.getMessage()));
    }
    String usernameFragment = fragment.usernameFragment();
    String password = fragment.password();
    if (usernameFragment == null || usernameFragment.equals(session.peerFragment())) {
      streams.trickle(session, fragment);
      return new Answer(HttpStatus.NO_CONTENT_204, HttpFields.EMPTY, "", "");
    }
    if (password == null) {
      throw new StreamProblem(HttpStatus.BAD_REQUEST_400, "a=ice-pwd is missing.");
    }
    String ours = streams.restart(session, usernameFragment, password, fragment);
    return new Answer(
        HttpStatus.OK_200,
        HttpFields.build().put(HttpHeader.ETAG, session.etag()).asImmutable(),
        SdpFragment.TYPE,
        ours);
  }

  /// RFC 9110 §13.1.1: a list of tags, or any.
  private static boolean matches(String condition, String etag) {
    for (String each : condition.split(",", -1)) {
      if (each.strip().equals("*") || each.strip().equals(etag)) {
        return true;
      }
    }
    return false;
  }

  private static void requireType(Request request, String type) throws StreamProblem {
    String given = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String bare = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!bare.equals(type)) {
      throw new StreamProblem(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "Expected a body of type " + type + ".");
    }
  }

  private static String body(Request request, int limit) throws StreamProblem, IOException {
    if (request.getLength() > limit) {
      throw tooLarge(limit);
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw tooLarge(limit);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static StreamProblem tooLarge(int limit) {
    return new StreamProblem(HttpStatus.PAYLOAD_TOO_LARGE_413, "At most " + limit + " bytes.");
  }
}
