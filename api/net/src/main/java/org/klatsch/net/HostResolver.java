package org.klatsch.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// Turns host names (of STUN and TURN servers) into addresses by the system's resolver, on virtual
/// threads, with a time limit and a short memory. Literals are answered at once. Thread-safe.
public final class HostResolver {
  /// How a name is looked up; the system's way by default.
  @FunctionalInterface
  public interface Lookup {
    /// @throws UnknownHostException when there is no such name
    List<TransportAddress> resolve(String host) throws UnknownHostException;
  }

  /// Longer than two tries of a usual system resolver; gathering goes on meanwhile.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /// The usual time that servers of changing addresses give.
  public static final Duration DEFAULT_MEMORY = Duration.ofSeconds(60);

  /// Names remembered; the oldest is forgotten first.
  private static final int MAX_NAMES = 256;

  private record Known(CompletableFuture<List<TransportAddress>> answer, long until) {}

  private final Lookup lookup;
  private final Duration timeout;
  private final long memoryNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Known> known = new LinkedHashMap<>();

  public HostResolver() {
    this(HostResolver::systemLookup, DEFAULT_TIMEOUT, DEFAULT_MEMORY);
  }

  public HostResolver(Lookup lookup, Duration timeout, Duration memory) {
    this.lookup = lookup;
    this.timeout = timeout;
    this.memoryNanos = memory.toNanos();
  }

  /// The addresses of a host, each with `port`, in the system's order of preference. The future
  /// fails with [UnknownHostException] or [java.util.concurrent.TimeoutException]; it is completed
  /// on a thread that may be used for more.
  public CompletableFuture<List<TransportAddress>> resolve(String host, int port) {
    String name =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    TransportAddress literal = TransportAddress.tryParse(name, port);
    if (literal != null) {
      return CompletableFuture.completedFuture(List.of(literal));
    }
    return answer(name)
        .thenApply(found -> found.stream().map(address -> address.withPort(port)).toList());
  }

  private CompletableFuture<List<TransportAddress>> answer(String name) {
    long now = System.nanoTime();
    CompletableFuture<List<TransportAddress>> fresh;
    lock.lock();
    try {
      Known before = known.get(name);
      if (before != null
          && now - before.until() < 0
          && !before.answer().isCompletedExceptionally()) {
        return before.answer();
      }
      fresh = new CompletableFuture<>();
      known.remove(name);
      if (known.size() >= MAX_NAMES) {
        known.pollFirstEntry();
      }
      known.put(name, new Known(fresh, now + memoryNanos));
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("klatsch-resolve " + name).start(() -> run(name, fresh));
    return fresh.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run(String name, CompletableFuture<List<TransportAddress>> answer) {
    try {
      List<TransportAddress> found = lookup.resolve(name);
      if (found.isEmpty()) {
        answer.completeExceptionally(new UnknownHostException(name + ": no address"));
      } else {
        answer.complete(List.copyOf(found));
      }
    } catch (UnknownHostException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private static List<TransportAddress> systemLookup(String host) throws UnknownHostException {
    ArrayList<TransportAddress> found = new ArrayList<>();
    for (InetAddress address : InetAddress.getAllByName(host)) {
      found.add(SocketAddresses.of(address, 0));
    }
    return found;
  }
}
