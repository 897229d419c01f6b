package org.klatsch.server.whip;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.server.media.LegRefusedException;
import org.klatsch.server.media.MediaServer;
import org.klatsch.server.media.SdpFragment;

/// All streams and their sessions. Thread-safe; methods that take a description wait for the
/// answer.
public final class Streams {
  private final MediaServer media;
  private final StreamLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, LiveStream> streams = new ConcurrentHashMap<>();
  private final Map<String, StreamSession> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger admitted = new AtomicInteger();

  public Streams(MediaServer media, StreamLimits limits) {
    this.media = media;
    this.limits = limits;
  }

  StreamLimits limits() {
    return limits;
  }

  /// How many streams have a publisher.
  public int live() {
    return (int) streams.values().stream().filter(LiveStream::isLive).count();
  }

  /// How many play.
  public int players() {
    return streams.values().stream().mapToInt(LiveStream::players).sum();
  }

  /// A session and our description for it.
  record Answered(StreamSession session, String sdp) {}

  Answered publish(String tenant, String name, String offer) throws StreamProblem {
    Publisher publisher;
    synchronized (this) {
      String key = key(tenant, name);
      LiveStream stream = streams.computeIfAbsent(key, _ -> new LiveStream(this, key, name));
      publisher = new Publisher(newId(), stream);
      open(publisher);
      if (!stream.replace(publisher)) {
        publisher.leg().close();
        throw new StreamProblem(HttpStatus.CONFLICT_409, "The stream has a publisher.");
      }
    }
    return answer(publisher, offer);
  }

  Answered play(String tenant, String name, String offer) throws StreamProblem {
    LiveStream stream = streams.get(key(tenant, name));
    var tracks = stream == null ? null : stream.tracks();
    if (stream == null || tracks == null || tracks.isEmpty()) {
      throw new StreamProblem(HttpStatus.NOT_FOUND_404, "Nobody publishes this stream.");
    }
    Player player = new Player(newId(), stream, tracks);
    open(player);
    stream.add(player);
    return answer(player, offer);
  }

  private static String key(String tenant, String name) {
    return tenant + "/" + name;
  }

  private String newId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private void open(StreamSession session) throws StreamProblem {
    if (admitted.incrementAndGet() > limits.sessions()) {
      admitted.decrementAndGet();
      throw new StreamProblem(HttpStatus.SERVICE_UNAVAILABLE_503, "The server is full.");
    }
    try {
      session.leg(media.leg(session));
    } catch (IllegalStateException e) {
      admitted.decrementAndGet();
      throw new StreamProblem(HttpStatus.SERVICE_UNAVAILABLE_503, "The server is full.");
    }
    sessions.put(session.id(), session);
  }

  private Answered answer(StreamSession session, String offer) throws StreamProblem {
    boolean answered = false;
    try {
      String answer = await(session.leg().answer(offer));
      answered = true;
      return new Answered(session, answer);
    } finally {
      if (!answered) {
        session.leg().close();
      }
    }
  }

  /// The session of a stream; null when there is none.
  @Nullable StreamSession session(String tenant, String name, String id, boolean publishes) {
    StreamSession session = sessions.get(id);
    return session != null
            && session.stream().key().equals(key(tenant, name))
            && session instanceof Publisher == publishes
        ? session
        : null;
  }

  /// Takes candidates of the generation in use.
  void trickle(StreamSession session, SdpFragment fragment) throws StreamProblem {
    for (SdpFragment.Candidate each : fragment.candidates()) {
      await(
          session
              .leg()
              .candidate(
                  each.candidate(),
                  each.mid(),
                  each.mid() == null ? null : fragment.usernameFragment()));
    }
  }

  /// Restarts ICE with the peer's new credentials, then takes its candidates.
  ///
  /// @return our fragment
  String restart(
      StreamSession session, String usernameFragment, String password, SdpFragment fragment)
      throws StreamProblem {
    String sdp = await(session.leg().restart(usernameFragment, password));
    session.restarted();
    trickle(session, fragment);
    return SdpFragment.of(sdp);
  }

  private <T> T await(CompletableFuture<T> future) throws StreamProblem {
    try {
      return future.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JsepException malformed) {
        int status =
            malformed.kind() == JsepException.Kind.SDP_SYNTAX
                    || malformed.kind() == JsepException.Kind.OPERATION
                ? HttpStatus.BAD_REQUEST_400
                : HttpStatus.UNPROCESSABLE_ENTITY_422;
        throw new StreamProblem(status, String.valueOf(malformed.getMessage()));
      }
      if (e.getCause() instanceof LegRefusedException refused) {
        throw new StreamProblem(
            HttpStatus.UNPROCESSABLE_ENTITY_422, String.valueOf(refused.getMessage()));
      }
      throw new StreamProblem(HttpStatus.SERVICE_UNAVAILABLE_503, "The session has ended.");
    } catch (TimeoutException e) {
      throw new StreamProblem(HttpStatus.SERVICE_UNAVAILABLE_503, "The server is too busy.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StreamProblem(HttpStatus.SERVICE_UNAVAILABLE_503, "The server ends.");
    }
  }

  synchronized void ended(StreamSession session) {
    if (sessions.remove(session.id(), session)) {
      admitted.decrementAndGet();
    }
    LiveStream stream = session.stream();
    if (stream.remove(session)) {
      streams.remove(stream.key(), stream);
    }
  }
}
