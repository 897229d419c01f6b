package org.klatsch.interop;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.IpHandling;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceCandidatePair;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSctpTransport;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A peer that runs as a process of its own inside a network namespace, and makes one connection
/// after the other as the test tells it over its standard input: a line of JSON for each step,
/// answered by a line.
final class NamespacePeer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;
  private final Path log;

  /// Starts the process.
  ///
  /// @param compiler `-XX:TieredStopAtLevel=1` for one that only connects, and is to start fast;
  ///   the full compiler knows the instructions for ciphers
  NamespacePeer(Namespaces namespaces, String namespace, Path folder, String compiler)
      throws IOException {
    log = folder.resolve(namespace + ".log");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            compiler,
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            NamespacePeer.class.getName());
    process =
        new ProcessBuilder(namespaces.exec(namespace, command)).redirectError(log.toFile()).start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Has the process do something and waits for what it says.
  JsonNode tell(ObjectNode step) throws IOException {
    begin(step);
    return answer();
  }

  void begin(ObjectNode step) throws IOException {
    in.write(step.toString());
    in.newLine();
    in.flush();
  }

  JsonNode answer() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the peer ended, see " + log);
    }
    JsonNode answer = JsonSocket.JSON.readTree(line);
    if (answer.has("error")) {
      throw new IOException(answer.get("error").asString());
    }
    return answer;
  }

  static ObjectNode step(String name) {
    return JsonSocket.JSON.createObjectNode().put("step", name);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Inside the process.

  private static final class Side {
    final PeerConnectionFactory factory =
        new PeerConnectionFactory(
            PeerConnectionOptions.DEFAULT.withIpHandling(IpHandling.ALL_ADDRESSES));
    @Nullable RTCPeerConnection connection;
    @Nullable SwitchedCall call;
    CompletableFuture<Void> gathered = new CompletableFuture<>();
    CompletableFuture<String> echoed = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    final Semaphore pairChanges = new Semaphore(0);

    RTCPeerConnection connection() {
      if (connection == null) {
        throw new IllegalStateException("no connection");
      }
      return connection;
    }

    /// A new connection with the servers of the step.
    void create(JsonNode step) throws Exception {
      close();
      gathered = new CompletableFuture<>();
      echoed = new CompletableFuture<>();
      ended = new CompletableFuture<>();
      List<RTCIceServer> servers = new ArrayList<>();
      for (JsonNode url : step.path("servers")) {
        String text = url.asString();
        servers.add(
            text.startsWith("stun:")
                ? new RTCIceServer(text)
                : new RTCIceServer(text, "me", "secret"));
      }
      RTCPeerConnection made =
          factory.createPeerConnection(new RTCConfiguration().withIceServers(servers));
      connection = made;
      made.onIceGatheringStateChange(_ -> {
        if (made.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
          gathered.complete(null);
        }
      });
      made.onConnectionStateChange(_ -> {
        if (made.connectionState() == RTCPeerConnectionState.FAILED) {
          ended.complete(null);
        }
      });
      long bytes = step.path("bytes").asLong(0);
      if (bytes > 0) {
        SwitchedCall transfer = new SwitchedCall(made);
        call = transfer;
        made.onDataChannel(event -> transfer.receive(event.channel(), bytes));
      } else {
        made.onDataChannel(event -> watch(event.channel(), true));
      }
    }

    private SwitchedCall call() {
      SwitchedCall current = call;
      if (current == null) {
        throw new IllegalStateException("no call");
      }
      return current;
    }

    private void watch(RTCDataChannel opened, boolean echoes) {
      opened.onMessage(event -> {
        RTCSctpTransport sctp = connection().sctp();
        if (sctp != null) {
          sctp.transport().iceTransport().onSelectedCandidatePairChange(_ -> pairChanges.release());
        }
        if (echoes) {
          opened.send(event.text());
        }
        echoed.complete(event.text());
      });
      if (!echoes) {
        opened.onOpen(_ -> opened.send("hello"));
      }
    }

    ObjectNode handle(JsonNode step) throws Exception {
      ObjectNode answer = JsonSocket.JSON.createObjectNode();
      switch (step.get("step").asString()) {
        case "offer" -> {
          create(step);
          RTCDataChannel opened = connection().createDataChannel("talk");
          if (step.has("bytes")) {
            call().send(opened, step.get("bytes").asLong());
          } else {
            watch(opened, false);
          }
          answer.put("sdp", describe());
        }
        case "answer" -> {
          create(step);
          set(RTCSdpType.OFFER, step);
          answer.put("sdp", describe());
        }
        case "accept" -> set(RTCSdpType.ANSWER, step);
        case "await" -> {
          long millis = step.get("millis").asLong();
          if (echoed.isDone()) {
            // Asked again: for another pair.
            boolean _ = pairChanges.tryAcquire(200, TimeUnit.MILLISECONDS);
          }
          try {
            CompletableFuture.anyOf(echoed, ended).get(millis, TimeUnit.MILLISECONDS);
          } catch (TimeoutException e) {
            // Told by what is missing.
          }
          answer.put("connected", echoed.isDone());
          describePair(answer);
        }
        case "progress" -> {
          call().awaitReceived(step.path("atLeast").asLong(0));
          call().describe(answer);
        }
        case "pair" -> describePair(answer);
        case "measure" -> call().forgetPauses();
        case "end" -> {
          answer.put("sha256", call().awaitEnd(step.get("millis").asLong()));
          call().describe(answer);
        }
        case "close" -> close();
        default -> throw new IllegalArgumentException(step.toString());
      }
      return answer;
    }

    private void describePair(ObjectNode into) {
      RTCSctpTransport sctp = connection().sctp();
      RTCIceCandidatePair pair =
          sctp == null ? null : sctp.transport().iceTransport().getSelectedCandidatePair();
      if (pair != null) {
        into.put("local", pair.local().candidate());
        into.put("remote", pair.remote().candidate());
      }
    }

    private void set(RTCSdpType type, JsonNode step) throws Exception {
      connection()
          .setRemoteDescription(new RTCSessionDescriptionInit(type, step.get("sdp").asString()))
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private String describe() throws Exception {
      connection().setLocalDescription().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      gathered.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      var description = connection().localDescription();
      if (description == null) {
        throw new IOException("no local description");
      }
      return description.sdp();
    }

    void close() {
      if (call != null) {
        call.close();
        call = null;
      }
      RTCPeerConnection old = connection;
      if (old != null) {
        old.close();
        connection = null;
      }
    }
  }

  /// The process.
  public static void main(String[] arguments) throws IOException {
    // What libraries print is no answer.
    PrintStream answers = System.out;
    System.setOut(System.err);
    Side side = new Side();
    BufferedReader steps =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = steps.readLine(); line != null; line = steps.readLine()) {
      ObjectNode answer;
      try {
        answer = side.handle(JsonSocket.JSON.readTree(line));
      } catch (Exception e) {
        e.printStackTrace();
        answer = JsonSocket.JSON.createObjectNode().put("error", String.valueOf(e));
      }
      answers.println(answer);
      answers.flush();
    }
    System.exit(0);
  }
}
