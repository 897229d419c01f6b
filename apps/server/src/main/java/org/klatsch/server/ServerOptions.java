package org.klatsch.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.rooms.RoomLimits;
import org.klatsch.server.turn.RelaySettings;

/// @param host the address to listen on; `0.0.0.0` or `::` means every address. Loopback by
///   default: being reachable by others is a decision
/// @param port TCP port of HTTP and WebSocket, 0 for a free one
/// @param udpPort UDP port, 0 for a free one, [#SAME_PORT] for the number of the TCP port
/// @param tls TLS of the TCP port
/// @param data the directory of everything kept; it is locked, so that two servers never share it
/// @param limits what strangers may take
/// @param origins origins of other pages that may open WebSockets, as `https://example.org`; the
///   server's own always may
/// @param iceServers URLs of STUN servers told to clients beside the server's own
/// @param trustForwarded whether the address of a client is taken from `Forwarded` or
///   `X-Forwarded-For`: only behind a proxy that sets them
/// @param drain how long [KlatschServer#close] lets requests and farewells finish
/// @param relay who may use the TURN server; members of rooms always may
/// @param adminToken lets others than this machine see the inspection page, as a bearer token or as
///   the password that a browser asks for; null: nobody
/// @param service tenants, webhooks, and how the server is operated
public record ServerOptions(
    String host,
    int port,
    int udpPort,
    TlsOptions tls,
    Path data,
    RoomLimits limits,
    List<String> origins,
    List<String> iceServers,
    boolean trustForwarded,
    Duration drain,
    RelaySettings relay,
    @Nullable String adminToken,
    ServiceOptions service) {

  /// UDP on the number of the TCP port.
  public static final int SAME_PORT = -1;

  /// What nobody guesses at the rate of requests.
  private static final int MIN_TOKEN = 16;

  public ServerOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(relay, "relay");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port is " + port + ", expected 0 to 65535");
    }
    if (udpPort < SAME_PORT || udpPort > 65_535) {
      throw new IllegalArgumentException("udpPort is " + udpPort + ", expected -1 to 65535");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain is " + drain + ", expected zero or more");
    }
    if (adminToken != null && adminToken.length() < MIN_TOKEN) {
      throw new IllegalArgumentException(
          "adminToken has " + adminToken.length() + " characters, expected at least " + MIN_TOKEN);
    }
    origins = List.copyOf(origins);
    iceServers = List.copyOf(iceServers);
  }

  /// A server on the loopback address.
  public static ServerOptions of(int port, Path data) {
    return new ServerOptions(
        "127.0.0.1",
        port,
        SAME_PORT,
        new TlsOptions.Off(),
        data,
        RoomLimits.DEFAULTS,
        List.of(),
        List.of(),
        false,
        Duration.ofSeconds(5),
        RelaySettings.DEFAULT,
        null,
        ServiceOptions.defaults());
  }

  public ServerOptions withHost(String host) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withUdpPort(int udpPort) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withTls(TlsOptions tls) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withLimits(RoomLimits limits) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withOrigins(List<String> origins) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withIceServers(List<String> iceServers) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withTrustForwarded(boolean trustForwarded) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withDrain(Duration drain) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withRelay(RelaySettings relay) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withAdminToken(@Nullable String adminToken) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }

  public ServerOptions withService(ServiceOptions service) {
    return new ServerOptions(
        host,
        port,
        udpPort,
        tls,
        data,
        limits,
        origins,
        iceServers,
        trustForwarded,
        drain,
        relay,
        adminToken,
        service);
  }
}
