package org.klatsch.whip;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionIceEvent;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescription;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// A connection to a streaming server. The peer connection is the caller's: its tracks are
/// published, or its receivers play what the server sends.
///
/// ```java
/// RTCPeerConnection pc = new RTCPeerConnection();
/// pc.addTransceiver(track, sendOnly);
/// try (WhipSession session = WhipSession.open(http, endpoint, pc, WhipOptions.DEFAULT)) {
///   …
/// }
/// ```
///
/// Blocks. Thread-safe; a connection belongs to one session.
public final class WhipSession implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(WhipSession.class.getName());
  private static final String SDP = "application/sdp";
  private static final String FRAGMENT = "application/trickle-ice-sdpfrag";

  /// An answer of a server that means well has some 10 KB.
  private static final int MAX_BODY = 1 << 20;

  private final HttpClient http;
  private final RTCPeerConnection connection;
  private final WhipOptions options;
  private final LinkedBlockingQueue<RTCIceCandidate> candidates = new LinkedBlockingQueue<>();
  private final URI endpoint;
  private URI resource;
  private String etag = "";
  private String sent = "";
  private boolean tricklesToServer = true;
  private volatile boolean closed;
  private @Nullable Thread trickling;

  private WhipSession(
      HttpClient http, URI endpoint, RTCPeerConnection connection, WhipOptions options) {
    this.http = http;
    this.endpoint = endpoint;
    this.resource = endpoint;
    this.connection = connection;
    this.options = options;
  }

  /// Connects: what the connection's transceivers send is published at a WHIP endpoint, or what
  /// they receive is played from a WHEP endpoint.
  ///
  /// @param http redirects are followed here, it need not
  /// @param connection with its transceivers, before any description
  /// @throws WhipException when the server refuses
  /// @throws IOException when it is not reached
  public static WhipSession open(
      HttpClient http, URI endpoint, RTCPeerConnection connection, WhipOptions options)
      throws IOException, InterruptedException {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(endpoint + ", expected a URL of http or https");
    }
    WhipSession session = new WhipSession(http, endpoint, connection, options);
    boolean open = false;
    try {
      session.connect();
      open = true;
      return session;
    } finally {
      if (!open) {
        session.close();
      }
    }
  }

  /// Where the session is at the server.
  public synchronized URI resource() {
    return resource;
  }

  private synchronized void connect() throws IOException, InterruptedException {
    connection.addEventListener(
        "icecandidate",
        event -> {
          if (event instanceof RTCPeerConnectionIceEvent gathered && gathered.candidate() != null) {
            candidates.add(gathered.candidate());
          }
        });
    String offer = describe();
    HttpResponse<InputStream> response = post(offer);
    String location = response.headers().firstValue("location").orElse("");
    if (location.isEmpty()) {
      throw new WhipException(0, "the server did not say where the session is (Location)");
    }
    resource = response.uri().resolve(location);
    etag = response.headers().firstValue("etag").orElse("");
    List<RTCIceServer> servers = LinkHeader.iceServers(response.headers().allValues("link"));
    if (!servers.isEmpty()) {
      List<RTCIceServer> all = new ArrayList<>(connection.getConfiguration().iceServers());
      all.addAll(servers);
      connection.setConfiguration(connection.getConfiguration().withIceServers(all));
    }
    String answer = body(response);
    settle(
        connection.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer)));
    trickling = Thread.ofVirtual().name("klatsch-whip").start(this::trickle);
  }

  /// Sets our offer and waits a little for its candidates.
  private String describe() throws IOException, InterruptedException {
    CompletableFuture<@Nullable Void> gathered = new CompletableFuture<>();
    connection.addEventListener(
        "icegatheringstatechange",
        _ -> {
          if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
            gathered.complete(null);
          }
        });
    settle(connection.setLocalDescription());
    try {
      gathered.get(options.gathering().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The rest follows by PATCH.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    RTCSessionDescription description = connection.localDescription();
    if (description == null) {
      throw new IOException("the connection was closed");
    }
    sent = description.sdp();
    return sent;
  }

  private void settle(CompletableFuture<?> future) throws IOException, InterruptedException {
    try {
      future.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the descriptions do not fit: " + e.getMessage(), e);
    }
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(options.timeout());
    String token = options.token();
    if (token != null && sameOrigin(uri, endpoint)) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  private static boolean sameOrigin(URI one, URI other) {
    return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
        && String.valueOf(one.getRawAuthority()).equalsIgnoreCase(other.getRawAuthority());
  }

  /// RFC 9725 §4.5: an endpoint may name another one. What is secret stays with the first.
  private HttpResponse<InputStream> post(String offer) throws IOException, InterruptedException {
    URI to = endpoint;
    for (int hops = 0; ; hops++) {
      HttpResponse<InputStream> response =
          send(
              request(to)
                  .header("Content-Type", SDP)
                  .header("Accept", SDP)
                  .POST(HttpRequest.BodyPublishers.ofString(offer)));
      int status = response.statusCode();
      if (status == 201) {
        return response;
      }
      String location = response.headers().firstValue("location").orElse("");
      if (status != 307 && status != 308 || location.isEmpty()) {
        throw refused(response);
      }
      response.body().close();
      URI next = to.resolve(location);
      boolean allowed = "https".equalsIgnoreCase(next.getScheme()) || sameScheme(next, to);
      if (hops == options.redirects() || !allowed) {
        throw new WhipException(
            status,
            allowed ? "more than " + hops + " redirections" : "redirected to the unsafe " + next);
      }
      to = next;
    }
  }

  private static boolean sameScheme(URI one, URI other) {
    return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme());
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  private static String body(HttpResponse<InputStream> response) throws IOException {
    try (InputStream in = response.body()) {
      byte[] bytes = in.readNBytes(MAX_BODY);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static WhipException refused(HttpResponse<InputStream> response) throws IOException {
    String text = body(response).strip();
    return new WhipException(
        response.statusCode(),
        "the server answered "
            + response.statusCode()
            + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(text.length(), 300))));
  }

  /// Sends candidates as they come, several at once.
  private void trickle() {
    try {
      while (!closed) {
        List<RTCIceCandidate> batch = new ArrayList<>();
        batch.add(candidates.take());
        candidates.drainTo(batch);
        synchronized (this) {
          batch.removeIf(each -> isTold(each));
          if (!batch.isEmpty() && tricklesToServer && !closed) {
            HttpResponse<InputStream> response =
                patch(Fragments.of(sent, batch), etag.isEmpty() ? null : etag);
            response.body().close();
            // RFC 9725 §4.3.1: such a server knows no trickle, or only with another tag.
            tricklesToServer = response.statusCode() / 100 == 2;
          }
        }
      }
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "candidates are not sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether the description had it, or it is of a former one.
  private boolean isTold(RTCIceCandidate candidate) {
    String line = candidate.candidate();
    return sent.contains(line.isEmpty() ? "a=end-of-candidates" : "a=" + line)
        || candidate.usernameFragment() != null
            && !sent.contains("a=ice-ufrag:" + candidate.usernameFragment());
  }

  private HttpResponse<InputStream> patch(String fragment, @Nullable String condition)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(resource)
            .header("Content-Type", FRAGMENT)
            .method("PATCH", HttpRequest.BodyPublishers.ofString(fragment));
    if (condition != null) {
      request.header("If-Match", condition);
    }
    return send(request);
  }

  /// Finds a new path, RFC 9725 §4.3.3: for after a change of networks.
  ///
  /// @throws WhipException when the server cannot; the connection is as before then
  public synchronized void restart() throws IOException, InterruptedException {
    RTCSessionDescription answer = connection.remoteDescription();
    if (answer == null || closed) {
      throw new IllegalStateException("there is no session to restart");
    }
    String before = sent;
    connection.restartIce();
    boolean restarted = false;
    try {
      String offer = describe();
      HttpResponse<InputStream> response = patch(Fragments.of(offer), "*");
      if (response.statusCode() != 200) {
        throw refused(response);
      }
      String fragment = body(response);
      etag = response.headers().firstValue("etag").orElse(etag);
      settle(
          connection.setRemoteDescription(
              new RTCSessionDescriptionInit(
                  RTCSdpType.ANSWER, Fragments.restarted(answer.sdp(), fragment))));
      restarted = true;
    } finally {
      if (!restarted) {
        sent = before;
        settle(
            connection.setLocalDescription(new RTCSessionDescriptionInit(RTCSdpType.ROLLBACK, "")));
      }
    }
  }

  /// Ends the session at the server; the peer connection stays the caller's to close.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Thread thread = trickling;
    if (thread != null) {
      thread.interrupt();
    }
    if (!resource().equals(endpoint)) {
      try {
        send(request(resource()).DELETE()).body().close();
      } catch (IOException e) {
        LOGGER.log(System.Logger.Level.DEBUG, "the server was not told of the end", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
