package org.klatsch.rooms;

import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.TransferOptions;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCIceServer;

/// How a [RoomClient] behaves.
///
/// @param agent what kind of program this is, told to the others: `[a-z0-9./-]{1,32}`
/// @param tls trust anchors for `https` servers, null for those of the JDK
/// @param iceServers in addition to those the server names
/// @param connectTimeout for TCP, TLS and the upgrade together
/// @param silence a server that says nothing for so long is gone; it pings every 20 seconds, so two
///   may be lost
/// @param giveUp how long to try to reach a server that cannot be reached. A restart takes seconds
/// @param transfer of the transfer protocol
/// @param connections makes the connections to members, with how they handle this machine's
///   addresses among other things; null for [PeerConnectionFactory#shared]
public record RoomOptions(
    String agent,
    @Nullable SSLContext tls,
    List<RTCIceServer> iceServers,
    Duration connectTimeout,
    Duration silence,
    Duration giveUp,
    TransferOptions transfer,
    @Nullable PeerConnectionFactory connections) {
  public RoomOptions {
    iceServers = List.copyOf(iceServers);
  }

  public static RoomOptions defaults(String agent) {
    return new RoomOptions(
        agent,
        null,
        List.of(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        TransferOptions.defaults(agent),
        null);
  }

  public RoomOptions withTls(@Nullable SSLContext value) {
    return new RoomOptions(
        agent, value, iceServers, connectTimeout, silence, giveUp, transfer, connections);
  }

  public RoomOptions withTransfer(TransferOptions value) {
    return new RoomOptions(
        agent, tls, iceServers, connectTimeout, silence, giveUp, value, connections);
  }

  public RoomOptions withIceServers(List<RTCIceServer> value) {
    return new RoomOptions(
        agent, tls, value, connectTimeout, silence, giveUp, transfer, connections);
  }

  public RoomOptions withConnections(@Nullable PeerConnectionFactory value) {
    return new RoomOptions(
        agent, tls, iceServers, connectTimeout, silence, giveUp, transfer, value);
  }
}
