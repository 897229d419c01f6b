package org.klatsch.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.IpHandling;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.NetworkDriver;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.NatBehavior;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCIceTransportPolicy;
import org.klatsch.webrtc.RTCPeerConnection;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Gathers candidates as connections do, in every mode, and looks at what comes out.
final class Examination {
  private static final Duration SERVER_PATIENCE = Duration.ofSeconds(3);

  private final List<RTCIceServer> servers;
  private final int timeoutSeconds;
  private @Nullable String serverProblem;

  Examination(List<RTCIceServer> servers, int timeoutSeconds) {
    this.servers = new ArrayList<>(servers);
    this.timeoutSeconds = timeoutSeconds;
  }

  /// Takes the STUN servers that a server names for its clients.
  void askServer(URI url, @Nullable SSLContext tls) throws InterruptedException {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(SERVER_PATIENCE);
    if (tls != null) {
      builder.sslContext(tls);
    }
    try (HttpClient client = builder.build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/config"))
                  .timeout(SERVER_PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode config = JsonMapper.shared().readTree(response.body());
      for (JsonNode entry : config.path("iceServers")) {
        for (JsonNode each : entry.path("urls")) {
          servers.add(new RTCIceServer(each.asString("")));
        }
      }
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      serverProblem = url + " does not answer";
    }
  }

  Findings run() throws CommandException, InterruptedException {
    List<LocalAddress> addresses;
    try {
      addresses = LocalInterfaces.list(InterfaceFilter.DEFAULT);
    } catch (IOException e) {
      throw CommandException.failed(
          "the addresses of this machine are not known: " + e.getMessage());
    }
    Set<String> defaults = new HashSet<>();
    for (TransportAddress.Family family : TransportAddress.Family.values()) {
      TransportAddress local = LocalInterfaces.defaultLocal(family);
      if (local != null && !local.isLoopback()) {
        defaults.add(local.withScopeId(0).host());
      }
    }
    CompletableFuture<@Nullable NatBehavior> behavior = new CompletableFuture<>();
    List<String> asked = servers.stream().flatMap(each -> each.urls().stream()).toList();
    Thread.ofPlatform()
        .daemon()
        .name("klatsch-nat")
        .start(() -> {
          try {
            behavior.complete(NatExamination.of(asked));
          } catch (RuntimeException e) {
            behavior.complete(null);
          }
        });
    List<Findings.Mode> modes = new ArrayList<>();
    List<Findings.RelayTest> relays = new ArrayList<>();
    NetworkDriver network = PeerConnectionFactory.shared().network();
    try {
      List<RTCIceServer> stun =
          servers.stream().filter(each -> each.urls().getFirst().startsWith("stun:")).toList();
      for (IpHandling handling : IpHandling.values()) {
        PeerConnectionOptions options = PeerConnectionOptions.DEFAULT.withIpHandling(handling);
        try (PeerConnectionFactory factory = new PeerConnectionFactory(options, network)) {
          modes.add(mode(factory, handling.number(), stun));
        }
      }
      PeerConnectionOptions all =
          PeerConnectionOptions.DEFAULT.withIpHandling(IpHandling.ALL_ADDRESSES);
      try (PeerConnectionFactory factory = new PeerConnectionFactory(all, network)) {
        for (RTCIceServer each : servers) {
          if (each.urls().getFirst().startsWith("turn")) {
            relays.addAll(relays(factory, each));
          }
        }
      }
    } catch (DOMException e) {
      throw CommandException.usage("--ice-server: " + e.getMessage());
    }
    return new Findings(null, addresses, defaults, modes, relays, behavior.join(), serverProblem);
  }

  /// What gathering gave.
  private record Gathered(List<RTCIceCandidate> candidates, List<String> failures) {}

  private Gathered gather(PeerConnectionFactory factory, RTCConfiguration configuration)
      throws InterruptedException {
    List<RTCIceCandidate> candidates = Collections.synchronizedList(new ArrayList<>());
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    try (RTCPeerConnection connection = factory.createPeerConnection(configuration)) {
      CompletableFuture<Void> complete = new CompletableFuture<>();
      connection.onIceCandidate(event -> {
        RTCIceCandidate candidate = event.candidate();
        if (candidate == null) {
          complete.complete(null);
        } else if (!candidate.candidate().isEmpty()) {
          candidates.add(candidate);
        }
      });
      connection.onIceCandidateError(
          event -> failures.add(event.url() + ": " + event.errorCode() + " " + event.errorText()));
      connection.createDataChannel("doctor");
      connection.setLocalDescription().join();
      complete.get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // What came until now is what there is.
    } catch (ExecutionException | CompletionException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
    synchronized (candidates) {
      synchronized (failures) {
        return new Gathered(List.copyOf(candidates), List.copyOf(failures));
      }
    }
  }

  private Findings.Mode mode(PeerConnectionFactory factory, int number, List<RTCIceServer> stun)
      throws InterruptedException {
    Gathered gathered = gather(factory, new RTCConfiguration().withIceServers(stun));
    List<Findings.Candidate> candidates = new ArrayList<>();
    for (RTCIceCandidate each : gathered.candidates()) {
      Integer port = each.port();
      candidates.add(
          new Findings.Candidate(
              String.valueOf(each.type()),
              String.valueOf(each.protocol()),
              String.valueOf(each.address()),
              port == null ? 0 : port,
              each.relatedAddress()));
    }
    // A server is asked from every address; it has answered if it has once.
    long silent =
        stun.stream()
            .filter(server ->
                gathered.failures().stream()
                    .anyMatch(failure -> failure.startsWith(server.urls().getFirst() + ":")))
            .count();
    boolean anySeen = candidates.stream().anyMatch(each -> each.type().equals("srflx"));
    List<String> failures =
        gathered.failures().stream().distinct().limit(anySeen ? 0 : silent).toList();
    return new Findings.Mode(number, candidates, failures, stun.size());
  }

  /// The ways to one TURN server: as given, and over TCP where only UDP was given.
  private List<Findings.RelayTest> relays(PeerConnectionFactory factory, RTCIceServer server)
      throws InterruptedException {
    String url = server.urls().getFirst();
    List<String> urls = new ArrayList<>(List.of(url));
    if (url.startsWith("turn:") && !url.contains("?transport=")) {
      urls.add(url + "?transport=tcp");
    }
    List<Findings.RelayTest> tests = new ArrayList<>();
    for (String each : urls) {
      RTCIceServer one = new RTCIceServer(each, server.username(), server.credential());
      Gathered gathered =
          gather(
              factory,
              new RTCConfiguration()
                  .withIceServers(one)
                  .withIceTransportPolicy(RTCIceTransportPolicy.RELAY));
      String relayed =
          gathered.candidates().isEmpty() ? null : gathered.candidates().getFirst().address();
      String problem =
          relayed != null
              ? null
              : gathered.failures().isEmpty()
                  ? "it does not answer"
                  : gathered.failures().getFirst().substring(each.length() + 2);
      tests.add(new Findings.RelayTest(each, transport(each), relayed, problem));
    }
    return tests;
  }

  private static String transport(String url) {
    if (url.startsWith("turns:")) {
      return url.endsWith("transport=udp") ? "dtls" : "tls";
    }
    return url.endsWith("transport=tcp") ? "tcp" : "udp";
  }
}
