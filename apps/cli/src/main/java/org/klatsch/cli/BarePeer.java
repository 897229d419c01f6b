package org.klatsch.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceCandidatePair;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCIceTransportPolicy;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSctpTransport;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescription;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCStatsReport;
import org.klatsch.webrtc.RTCTransportStats;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `klatsch peer` does: one connection, signalled through files.
final class BarePeer implements AutoCloseable {
  private static final int MESSAGE_LENGTH = 65_536;
  private static final JsonMapper JSON = JsonMapper.shared();

  /// How much may wait in the channel, and when to fill it again: enough for 100 Mbit/s at 300 ms.
  private static final long HIGH_WATER = 4 << 20;

  private static final long LOW_WATER = 1 << 20;

  /// How long the other may still be measuring.
  private static final long FAREWELL_MILLIS = 1_000;

  /// Between two looks for the other's file.
  private static final long POLL_MILLIS = 10;

  private final Plan plan;
  private final RTCPeerConnection connection;
  private final MessageDigest digest;
  private final @Nullable PeerMedia media;
  private final CompletableFuture<Void> open = new CompletableFuture<>();
  private final CompletableFuture<Void> channelOpen = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private @Nullable ObjectNode mediaFacts;
  private long sent;
  private long received;
  private long firstByte;
  private long lastByte;

  /// @param bytes to be sent by the offerer
  /// @param sendNanos for how long at most
  /// @param timeoutNanos until there must be a connection
  /// @param codec of the media that both send for so long; null without media
  record Plan(
      Path signal,
      List<RTCIceServer> iceServers,
      boolean relayOnly,
      long bytes,
      long sendNanos,
      long timeoutNanos,
      boolean expectFail,
      @Nullable PeerCodec codec) {}

  /// @param connections makes the connection
  BarePeer(Plan plan, PeerConnectionFactory connections)
      throws CommandException, InterruptedException {
    this.plan = plan;
    PeerCodec codec = plan.codec();
    media = codec == null ? null : new PeerMedia(codec);
    try {
      digest = MessageDigest.getInstance("SHA-256");
      connection =
          connections.createPeerConnection(
              new RTCConfiguration()
                  .withIceServers(plan.iceServers())
                  .withIceTransportPolicy(
                      plan.relayOnly() ? RTCIceTransportPolicy.RELAY : RTCIceTransportPolicy.ALL));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    } catch (DOMException e) {
      throw CommandException.failed(String.valueOf(e.getMessage()));
    }
  }

  /// @return whether all went as wanted
  boolean run(boolean offerer, Terminal terminal) throws CommandException, InterruptedException {
    long began = System.nanoTime();
    long deadline = began + plan.timeoutNanos();
    connection.onConnectionStateChange(_ -> {
      if (media != null && connection.connectionState() == RTCPeerConnectionState.CONNECTED) {
        // Whoever has no data channels can call all the same.
        open.complete(null);
      }
      if (connection.connectionState() == RTCPeerConnectionState.DISCONNECTED
          || connection.connectionState() == RTCPeerConnectionState.CLOSED) {
        lost.complete(null);
      }
      if (connection.connectionState() == RTCPeerConnectionState.FAILED) {
        lost.complete(null);
        IllegalStateException failure = new IllegalStateException("the connection failed");
        open.completeExceptionally(failure);
        ended.completeExceptionally(failure);
      }
    });
    long described = began;
    boolean connected = false;
    String failure = null;
    try {
      if (offerer) {
        RTCDataChannel bulk = connection.createDataChannel("bulk");
        watch(bulk);
        if (media != null) {
          media.attach(connection);
        }
        describe("offer.json", deadline);
        described = System.nanoTime();
        connection.setRemoteDescription(awaitDescription("answer.json", deadline)).join();
        connected = await(open, deadline);
        if (connected && !plan.expectFail()) {
          long opened = System.nanoTime();
          boolean sending = media == null || plan.bytes() > 0;
          failure =
              !sending || await(channelOpen, deadline) && send(bulk, opened)
                  ? null
                  : "the connection was lost while sending";
          failure = failure == null && media != null ? call(opened) : failure;
          terminal.out().println(report(failure == null, opened - described));
        }
      } else {
        connection.onDataChannel(event -> watch(event.channel()));
        if (media != null) {
          media.listen(connection);
        }
        connection.setRemoteDescription(awaitDescription("offer.json", deadline)).join();
        if (media != null) {
          media.attach(connection);
        }
        described = System.nanoTime();
        describe("answer.json", deadline);
        connected = await(open, deadline);
        if (connected && !plan.expectFail()) {
          long opened = System.nanoTime();
          failure =
              media != null
                  ? call(opened)
                  : awaitEnd() ? null : "the connection was lost while receiving";
          terminal.out().println(report(failure == null, opened - described));
        }
      }
    } catch (IOException e) {
      throw CommandException.failed("--signal " + plan.signal() + ": " + e.getMessage());
    } catch (CompletionException e) {
      throw CommandException.failed(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
    }
    if (plan.expectFail() || !connected) {
      ObjectNode line = Terminal.object().put("ok", plan.expectFail() != connected);
      line.put("connected", connected);
      terminal.out().println(line);
      terminal.out().flush();
      if (plan.expectFail() == connected) {
        terminal.notice(connected ? "there is a connection" : "no connection within the timeout");
        return false;
      }
      return true;
    }
    terminal.out().flush();
    if (failure != null) {
      terminal.notice(failure);
      return false;
    }
    return true;
  }

  private boolean await(CompletableFuture<Void> event, long deadline) throws InterruptedException {
    try {
      event.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
      if (plan.expectFail()) {
        // A connection that comes late would be one, too.
        long left = deadline - System.nanoTime();
        if (left > 0) {
          TimeUnit.NANOSECONDS.sleep(left);
        }
        return connection.connectionState() == RTCPeerConnectionState.CONNECTED;
      }
      return false;
    }
  }

  /// Lets media flow as long as the plan says, or until the other has left.
  ///
  /// @return what went wrong; null for nothing
  private @Nullable String call(long from) throws InterruptedException {
    long left = from + plan.sendNanos() - System.nanoTime();
    try {
      lost.get(Math.max(1, left), TimeUnit.NANOSECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      // As planned.
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    firstByte = from;
    lastByte = System.nanoTime();
    PeerMedia called = media;
    if (called == null) {
      return null;
    }
    ObjectNode facts = Terminal.object();
    PeerMedia.Outcome outcome =
        called.describe(connection.getStats().orTimeout(5, TimeUnit.SECONDS).join(), facts);
    mediaFacts = facts;
    sent += outcome.sent();
    received += outcome.received();
    return outcome.flowed() ? null : "the codec was not sent and received";
  }

  private boolean awaitEnd() throws InterruptedException {
    try {
      ended.get();
      return true;
    } catch (java.util.concurrent.ExecutionException e) {
      return false;
    }
  }

  private void watch(RTCDataChannel channel) {
    channel.onMessage(event -> {
      byte[] bytes = event.bytes();
      String text = event.text();
      byte[] data =
          bytes != null
              ? bytes
              : text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
      long now = System.nanoTime();
      firstByte = received == 0 ? now : firstByte;
      lastByte = now;
      received += data.length;
      digest.update(data);
    });
    channel.onClose(_ -> ended.complete(null));
    channel.onOpen(_ -> {
      channelOpen.complete(null);
      open.complete(null);
    });
  }

  private boolean send(RTCDataChannel bulk, long from) throws InterruptedException {
    Semaphore room = new Semaphore(0);
    bulk.bufferedAmountLowThreshold(LOW_WATER);
    bulk.onBufferedAmountLow(_ -> room.release());
    var _ = ended.whenComplete((_, _) -> room.release());
    byte[] message = new byte[MESSAGE_LENGTH];
    new Random(1).nextBytes(message);
    try {
      while (sent < plan.bytes() && System.nanoTime() - from < plan.sendNanos()) {
        while (bulk.bufferedAmount() > HIGH_WATER && !ended.isDone()) {
          room.acquire();
        }
        if (ended.isDone()) {
          return false;
        }
        int length = (int) Math.min(MESSAGE_LENGTH, plan.bytes() - sent);
        bulk.send(message, 0, length);
        digest.update(message, 0, length);
        sent += length;
      }
      bulk.close();
    } catch (DOMException e) {
      return false;
    }
    // The channel closes when the other end has all of it, RFC 8831 §6.7.
    boolean complete = awaitEnd();
    firstByte = from;
    lastByte = System.nanoTime();
    return complete;
  }

  private void describe(String name, long deadline)
      throws IOException, InterruptedException, CommandException {
    CompletableFuture<Void> gathered = new CompletableFuture<>();
    connection.onIceGatheringStateChange(_ -> {
      if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(null);
      }
    });
    connection.setLocalDescription().join();
    if (connection.iceGatheringState() != RTCIceGatheringState.COMPLETE) {
      try {
        gathered.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
        throw CommandException.failed("candidates were not gathered within the timeout");
      }
    }
    RTCSessionDescription local = connection.localDescription();
    if (local == null) {
      throw CommandException.failed("there is no local description");
    }
    Files.createDirectories(plan.signal());
    Path temporary = plan.signal().resolve("." + name + ".tmp");
    ObjectNode json =
        Terminal.object().put("type", local.type().toString()).put("sdp", local.sdp());
    Files.writeString(temporary, json.toString());
    Files.move(temporary, plan.signal().resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private RTCSessionDescriptionInit awaitDescription(String name, long deadline)
      throws IOException, InterruptedException, CommandException {
    Path file = plan.signal().resolve(name);
    while (!Files.exists(file)) {
      if (System.nanoTime() - deadline > 0) {
        throw CommandException.failed("there is no " + file + " within the timeout");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      return new RTCSessionDescriptionInit(
          RTCSdpType.of(json.path("type").asString("")), json.path("sdp").asString(""));
    } catch (JacksonException | DOMException e) {
      throw CommandException.failed(file + " is no description: " + e.getMessage());
    }
  }

  private ObjectNode report(boolean ok, long connectNanos) {
    ObjectNode line = Terminal.object().put("ok", ok).put("connectMs", millis(connectNanos));
    RTCSctpTransport transport = connection.sctp();
    RTCIceCandidatePair pair =
        transport == null ? null : transport.transport().iceTransport().getSelectedCandidatePair();
    candidate(line.putObject("local"), pair == null ? null : pair.local());
    candidate(line.putObject("remote"), pair == null ? null : pair.remote());
    long bytes = Math.max(sent, received);
    double seconds = (lastByte - firstByte) / 1e9;
    line.put("sent", sent).put("received", received);
    line.put("mbps", seconds <= 0 ? 0 : Math.round(bytes * 8 / seconds / 1e4) / 100.0);
    line.put("sha256", HexFormat.of().formatHex(digest.digest()));
    RTCTransportStats stats = transportStats();
    line.put("dtls", stats == null ? null : version(stats.tlsVersion()));
    line.put("cipher", stats == null ? null : stats.dtlsCipher());
    line.put("group", stats == null ? null : stats.tlsGroup());
    line.put("srtp", stats == null ? null : stats.srtpCipher());
    line.put("snap", stats != null && stats.sctpInitExchanged());
    line.put("sped", stats != null && stats.dtlsSentInChecks() + stats.dtlsReceivedInChecks() > 0);
    ObjectNode facts = mediaFacts;
    if (facts != null) {
      line.set("media", facts);
    }
    return line;
  }

  private static void candidate(ObjectNode into, @Nullable RTCIceCandidate candidate) {
    if (candidate != null) {
      into.put("type", String.valueOf(candidate.type()));
      into.put("protocol", String.valueOf(candidate.protocol()));
      into.put("address", candidate.address());
      into.put("port", candidate.port());
    }
  }

  private @Nullable RTCTransportStats transportStats() {
    try {
      RTCStatsReport report = connection.getStats().orTimeout(5, TimeUnit.SECONDS).join();
      return report.stream(RTCTransportStats.class).findFirst().orElse(null);
    } catch (CompletionException e) {
      return null;
    }
  }

  /// The wire version in hexadecimal, W3C WebRTC Statistics `tlsVersion`, as people know it.
  private static @Nullable String version(@Nullable String wire) {
    return wire == null
        ? null
        : switch (wire) {
          case "FEFD" -> "1.2";
          case "FEFC" -> "1.3";
          default -> wire;
        };
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e5) / 10.0;
  }

  @Override
  public void close() {
    if (mediaFacts != null) {
      try {
        // The other counts its seconds itself; what it measures should not be our leaving.
        lost.get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
        // It had its time.
      }
    }
    connection.close();
    if (media != null) {
      media.close();
    }
  }
}
