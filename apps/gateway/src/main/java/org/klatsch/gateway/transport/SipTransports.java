package org.klatsch.gateway.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.sockets.SocketPeer;
import org.klatsch.server.sockets.SocketService;
import org.klatsch.sip.Flow;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Tokens;

/// All transports of SIP together. Thread-safe.
public final class SipTransports implements AutoCloseable {
  private static final int BIND_ATTEMPTS = 20;

  private final SipReceiver receiver;
  private final List<UdpTransport> udp = new ArrayList<>();
  private final WebSocketTransport webSockets;

  private SipTransports(SipReceiver receiver, Tokens tokens) {
    this.receiver = receiver;
    this.webSockets = new WebSocketTransport(receiver, tokens);
  }

  /// Listens.
  ///
  /// @param host a wildcard means every address of this machine
  /// @param port 0 takes a free one
  /// @throws IOException when the port is taken
  public static SipTransports start(String host, int port, SipReceiver receiver)
      throws IOException {
    SipTransports transports = new SipTransports(receiver, new Tokens(new SecureRandom()));
    List<TransportAddress> locals = locals(host);
    IOException last = new IOException("this machine has no address to listen on");
    for (int i = 0; i < (port == 0 ? BIND_ATTEMPTS : 1); i++) {
      try {
        int number = port;
        for (TransportAddress each : locals) {
          UdpTransport one =
              new UdpTransport(each.withPort(number), receiver, new Tokens(new SecureRandom()));
          transports.udp.add(one);
          number = one.local().port();
        }
        return transports;
      } catch (IOException e) {
        last = e;
        transports.udp.forEach(UdpTransport::close);
        transports.udp.clear();
      }
    }
    throw last;
  }

  /// The addresses of this machine that a host stands for.
  public static List<TransportAddress> locals(String host) throws IOException {
    TransportAddress wanted = TransportAddress.of(InetAddress.getByName(host).getAddress(), 0);
    if (!wanted.isAnyLocal()) {
      return List.of(wanted);
    }
    return LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true)).stream()
        .map(LocalAddress::address)
        .filter(address -> !address.isLinkLocal() && (wanted.isIpv6() || address.isIpv4()))
        .toList();
  }

  /// The port of UDP, and of TCP where it is served.
  public int port() {
    return udp.getFirst().local().port();
  }

  /// What the server is to serve at `/sip`.
  public SocketService webSockets() {
    return webSockets;
  }

  /// Sends a message; failures are told to the receiver.
  public void send(Outgoing message) {
    Flow flow = message.flow();
    if (flow.transport().isWebSocket()) {
      webSockets.send(message);
      return;
    }
    UdpTransport from = flow.transport() == SipTransport.UDP ? from(flow) : null;
    if (from == null) {
      receiver.sendFailed(message);
    } else {
      from.send(message);
    }
  }

  private @Nullable UdpTransport from(Flow flow) {
    TransportAddress local = flow.local();
    for (UdpTransport each : udp) {
      if (local == null
          ? each.local().family() == flow.remote().family()
              && (udp.size() == 1 || each.local().isLoopback() == flow.remote().isLoopback())
          : each.local().hasSameHost(local)) {
        return each;
      }
    }
    return null;
  }

  /// Our address as the far end of a flow sees it, for Via and Contact.
  public HostPort sentBy(Flow flow) {
    TransportAddress local = flow.local();
    if (flow.transport().isWebSocket() && local != null) {
      return hostPort(local);
    }
    UdpTransport from = from(flow);
    return hostPort(from == null ? udp.getFirst().local() : from.local());
  }

  private static HostPort hostPort(TransportAddress address) {
    String host = address.withScopeId(0).host();
    return new HostPort(address.isIpv6() ? "[" + host + "]" : host, address.port());
  }

  /// Where a request to a URI goes, RFC 3263.
  ///
  /// @throws UnknownHostException for a name without address
  public Flow resolve(SipUri uri) throws UnknownHostException {
    SipTransport transport = uri.transport();
    if (transport == null) {
      transport = uri.secure() ? SipTransport.TLS : SipTransport.UDP;
    }
    String host = uri.host();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    TransportAddress remote =
        TransportAddress.of(
            InetAddress.getByName(bare).getAddress(), uri.place().portOr(transport.defaultPort()));
    return Flow.to(transport, remote);
  }

  /// Whether the program at the other end of a flow may do what needs no password: it runs on this
  /// machine, and if it is a page, it is one of this machine, too.
  public boolean isLocal(Flow flow) {
    if (!flow.remote().isLoopback()) {
      return false;
    }
    if (!flow.transport().isWebSocket()) {
      return true;
    }
    SocketPeer peer = webSockets.peer(flow);
    String origin = peer == null ? "" : peer.origin();
    if (origin == null || origin.equals("null")) {
      return true;
    }
    try {
      String host = URI.create(origin).getHost();
      return host != null && (host.equals("localhost") || host.matches("127\\..*|\\[::1]"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void close() {
    udp.forEach(UdpTransport::close);
  }
}
