package org.klatsch.gateway.transport;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.SipRequest;

/// Keeps strangers from the rest: a budget of requests per source, and a ban for scanners and for
/// who guesses passwords. Trunks, who has registered and this machine are never held up.
/// Thread-safe.
public final class Guard {
  private static final System.Logger LOGGER = System.getLogger(Guard.class.getName());

  /// Limits of one source.
  ///
  /// @param requestsPerSecond in the long run. Default 50: an office behind one address
  /// @param burst at once. Default 300: the same office after a power cut
  /// @param failures wrong passwords within the window. Default 10: people mistype, programs try on
  /// @param window in which failures are counted. Default 5 minutes
  /// @param ban how long nothing of a source is taken. Default 10 minutes
  /// @param maxSources remembered at one time, the longest unseen is forgotten. Default 20,000
  public record Limits(
      int requestsPerSecond,
      int burst,
      int failures,
      Duration window,
      Duration ban,
      int maxSources) {
    public static final Limits DEFAULT =
        new Limits(50, 300, 10, Duration.ofMinutes(5), Duration.ofMinutes(10), 20_000);
  }

  /// What scanners call themselves; those that hide are caught by their guesses.
  private static final List<String> SCANNERS =
      List.of(
          "friendly-scanner", "sipvicious", "sipcli", "sundayddr", "sip-scan", "vaxsip", "pplsip");

  /// Bans are for an address, budgets for a connection: a proxy may bring a thousand people's. Of
  /// IPv6 the network counts, as one site has 2⁶⁴ addresses.
  private record Source(long high, long low, long connection) {
    static Source of(TransportAddress address, long connection) {
      return address.isIpv4()
          ? new Source(0, address.low(), connection)
          : new Source(address.high(), 0, connection);
    }
  }

  private static final class State {
    double tokens;
    long refilled;
    int failures;
    long windowEnds;
    long bannedUntil;
    boolean banned;
  }

  private final Limits limits;
  private final Predicate<Flow> trusted;
  private final Map<Source, State> sources;
  private final AtomicLong refused = new AtomicLong();

  /// @param trusted whether a flow is that of a trunk or of somebody who has registered; any thread
  public Guard(Limits limits, Predicate<Flow> trusted) {
    this.limits = limits;
    this.trusted = trusted;
    this.sources =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Source, State> eldest) {
            return size() > limits.maxSources();
          }
        };
  }

  /// Whether a message is taken. One that is not gets no answer: an answer is what a scanner is
  /// after.
  ///
  /// @param now nanoseconds of any clock that does not go back
  public boolean admits(long now, Flow flow, SipMessage message) {
    if (!(message instanceof SipRequest request)
        || flow.remote().isLoopback()
        || trusted.test(flow)) {
      return true;
    }
    boolean scanner = isScanner(request);
    boolean admitted;
    synchronized (sources) {
      State state = state(now, flow, 0);
      if (scanner) {
        ban(now, flow, state, "scans");
      }
      admitted = !state.banned && take(now, state(now, flow, flow.connection()));
    }
    if (!admitted) {
      refused.incrementAndGet();
    }
    return admitted;
  }

  /// A source has named a wrong user or password.
  public void failed(long now, Flow flow) {
    if (trusted.test(flow) || flow.remote().isLoopback()) {
      return;
    }
    synchronized (sources) {
      State state = state(now, flow, 0);
      if (now - state.windowEnds > 0) {
        state.failures = 0;
        state.windowEnds = now + limits.window().toNanos();
      }
      if (++state.failures >= limits.failures()) {
        ban(now, flow, state, "guesses passwords");
      }
    }
  }

  private State state(long now, Flow flow, long connection) {
    State state =
        sources.computeIfAbsent(
            Source.of(flow.remote(), connection),
            _ -> {
              State fresh = new State();
              fresh.tokens = limits.burst();
              fresh.refilled = now;
              fresh.windowEnds = now + limits.window().toNanos();
              return fresh;
            });
    if (state.banned && now - state.bannedUntil > 0) {
      state.banned = false;
      state.failures = 0;
    }
    return state;
  }

  private boolean take(long now, State state) {
    double seconds = (now - state.refilled) / 1e9;
    state.tokens = Math.min(limits.burst(), state.tokens + seconds * limits.requestsPerSecond());
    state.refilled = now;
    if (state.tokens < 1) {
      return false;
    }
    state.tokens--;
    return true;
  }

  private void ban(long now, Flow flow, State state, String why) {
    if (!state.banned) {
      LOGGER.log(
          Level.WARNING,
          "{0} {1}: nothing of it is taken for {2}",
          flow.remote().host(),
          why,
          limits.ban());
    }
    state.banned = true;
    state.bannedUntil = now + limits.ban().toNanos();
  }

  private static boolean isScanner(SipRequest request) {
    return names(request.value("User-Agent"))
        || names(request.from().displayName())
        || names(request.from().uri().userText());
  }

  private static boolean names(@Nullable String text) {
    if (text == null) {
      return false;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return SCANNERS.stream().anyMatch(lower::contains);
  }

  /// How many messages were refused.
  public long refused() {
    return refused.get();
  }
}
