package org.klatsch.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.IpHandling;
import org.klatsch.webrtc.Inspector;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSessionDescription;

/// Shows what a peer would be told of this machine in each mode of RFC 8828, and writes all that
/// happened to a file. See `docs/privacy.md`.
public final class PrivacyExample {
  private PrivacyExample() {}

  /// @param arguments the file to write, then URLs of STUN servers
  public static void main(String[] arguments) throws IOException {
    Inspector inspector = Inspector.start(Duration.ofSeconds(1));
    List<String> servers = List.of(arguments).subList(1, arguments.length);
    for (IpHandling mode : IpHandling.values()) {
      System.out.println("Mode " + mode.number() + ":");
      told(mode, servers).forEach(candidate -> System.out.println("  " + candidate));
    }
    Files.writeString(Path.of(arguments[0]), inspector.dump());
    inspector.close();
  }

  /// The candidates in the description that a peer gets.
  static List<String> told(IpHandling mode, List<String> stunServers) {
    var options =
        PeerConnectionOptions.DEFAULT
            .withIpHandling(mode)
            .withInterfaces(InterfaceFilter.DEFAULT.withNames(List.of(), List.of("docker*")));
    RTCIceServer[] servers =
        stunServers.stream().map(RTCIceServer::new).toArray(RTCIceServer[]::new);
    try (var factory = new PeerConnectionFactory(options);
        RTCPeerConnection pc =
            factory.createPeerConnection(new RTCConfiguration().withIceServers(servers))) {
      CompletableFuture<Void> gathered = new CompletableFuture<>();
      pc.onIceCandidate(event -> {
        if (event.candidate() == null) {
          gathered.complete(null);
        }
      });
      pc.createDataChannel("data");
      pc.setLocalDescription().join();
      gathered.join();
      RTCSessionDescription description = pc.localDescription();
      return description == null
          ? List.of()
          : description.sdp().lines().filter(line -> line.startsWith("a=candidate:")).toList();
    }
  }
}
