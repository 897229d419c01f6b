package org.klatsch.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidateInit;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;

/// One end of many connections. Its opposite, in this process or another, is reached by lines of
/// signalling: `offer N TEXT`, `answer N TEXT`, `candidate N TEXT`, with the text in Base64.
/// Thread-safe.
final class ManyConnections {
  /// Connections that are set up at the same time: a burst of thousands would only measure the
  /// retransmissions of an overloaded machine.
  private static final int AT_ONCE = 64;

  /// One connection and what became of it.
  static final class Entry {
    final RTCPeerConnection connection;

    /// When both descriptions are set, so that candidates can be added.
    final CompletableFuture<Void> described = new CompletableFuture<>();

    /// When a message has been there and back; at the answering end, when one has come.
    final CompletableFuture<Void> proven = new CompletableFuture<>();

    final CompletableFuture<Void> failed = new CompletableFuture<>();

    Entry(RTCPeerConnection connection) {
      this.connection = connection;
    }
  }

  private final PeerConnectionFactory factory;
  private final Consumer<String> signal;
  private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
  private final Semaphore room = new Semaphore(AT_ONCE);
  private int next;

  ManyConnections(PeerConnectionFactory factory, Consumer<String> signal) {
    this.factory = factory;
    this.signal = signal;
  }

  /// Opens connections and proves each with a message there and back.
  CompletableFuture<Void> open(int count) throws InterruptedException {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!room.tryAcquire(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            connected() + " connected, " + AT_ONCE + " make no progress: " + unproven());
      }
      Entry entry = offer(next++);
      entry.proven.whenComplete((_, _) -> room.release());
      all.add(entry.proven);
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private Entry offer(int id) {
    Entry entry = entry(id);
    RTCPeerConnection connection = entry.connection;
    RTCDataChannel channel = connection.createDataChannel("soak");
    channel.onOpen(_ -> channel.send("ping"));
    channel.onMessage(_ -> entry.proven.complete(null));
    settle(
        entry,
        connection
            .setLocalDescription()
            .thenRun(() -> {
              var local = connection.localDescription();
              tell("offer", id, local == null ? "" : local.sdp());
            }));
    return entry;
  }

  /// Takes a line of the opposite end.
  void handle(String line) {
    String[] words = line.split(" ", 3);
    int id = Integer.parseInt(words[1]);
    String text = new String(Base64.getDecoder().decode(words[2]), StandardCharsets.UTF_8);
    switch (words[0]) {
      case "offer" -> answer(id, text);
      case "answer" -> {
        Entry entry = entries.get(id);
        if (entry != null) {
          settle(
              entry,
              entry
                  .connection
                  .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, text))
                  .thenRun(() -> entry.described.complete(null)));
        }
      }
      case "candidate" -> {
        Entry entry = entries.get(id);
        if (entry != null) {
          entry.described.thenRun(
              () -> entry.connection.addIceCandidate(new RTCIceCandidateInit(text, "0", 0, null)));
        }
      }
      default -> throw new IllegalArgumentException("line \"" + line + "\" is not understood");
    }
  }

  private void answer(int id, String offer) {
    Entry entry = entry(id);
    RTCPeerConnection connection = entry.connection;
    connection.onDataChannel(event -> {
      RTCDataChannel channel = event.channel();
      channel.onMessage(_ -> {
        channel.send("pong");
        entry.proven.complete(null);
      });
    });
    settle(
        entry,
        connection
            .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer))
            .thenCompose(_ -> connection.setLocalDescription())
            .thenRun(() -> {
              var local = connection.localDescription();
              tell("answer", id, local == null ? "" : local.sdp());
              entry.described.complete(null);
            }));
  }

  private Entry entry(int id) {
    Entry entry = new Entry(factory.createPeerConnection());
    entries.put(id, entry);
    entry.connection.onIceCandidate(event -> {
      var candidate = event.candidate();
      if (candidate != null) {
        tell("candidate", id, candidate.candidate());
      }
    });
    entry.connection.onConnectionStateChange(event -> {
      // Not captured: a listener must not be what keeps a failed connection.
      if (event.target() instanceof RTCPeerConnection connection
          && connection.connectionState() == RTCPeerConnectionState.FAILED) {
        entry.failed.complete(null);
        entry.proven.completeExceptionally(new IllegalStateException(id + " failed"));
      }
    });
    return entry;
  }

  private void tell(String what, int id, @Nullable String text) {
    byte[] bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
    signal.accept(what + " " + id + " " + Base64.getEncoder().encodeToString(bytes));
  }

  private static void settle(Entry entry, CompletableFuture<?> step) {
    step.whenComplete((_, error) -> {
      if (error != null) {
        entry.proven.completeExceptionally(error);
      }
    });
  }

  /// What state those are in that were not proven.
  List<String> unproven() {
    return entries.entrySet().stream()
        .filter(each -> !each.getValue().proven.isDone())
        .map(each -> each.getKey() + " " + each.getValue().connection.connectionState())
        .toList();
  }

  /// How many are connected now.
  long connected() {
    return entries.values().stream()
        .filter(each -> each.connection.connectionState() == RTCPeerConnectionState.CONNECTED)
        .count();
  }

  /// When every connection has failed.
  CompletableFuture<Void> failed() {
    return CompletableFuture.allOf(
        entries.values().stream().map(each -> each.failed).toArray(CompletableFuture[]::new));
  }

  /// Closes all connections and lets go of them.
  void close() {
    entries.values().forEach(each -> each.connection.close());
    entries.clear();
  }

  /// Lets go of all connections without closing them.
  void abandon() {
    entries.clear();
  }
}
