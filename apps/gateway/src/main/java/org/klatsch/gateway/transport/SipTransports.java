package org.klatsch.gateway.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import javax.net.ssl.SSLContext;
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

/// All transports of SIP together: UDP and TCP on one port, TLS on the next, WebSockets of the
/// server. Thread-safe.
public final class SipTransports implements AutoCloseable {
  private static final int BIND_ATTEMPTS = 20;
  private static final int MAX_PORT = 0xffff;

  private final SipReceiver receiver;
  private final List<UdpTransport> udp = new ArrayList<>();
  private final StreamTransport tcp;
  private final StreamTransport tls;
  private final WebSocketTransport webSockets;
  private final SipResolver resolver;
  private int tlsPort;

  private SipTransports(@Nullable SSLContext key, SipReceiver receiver, Tokens tokens) {
    this.receiver = receiver;
    this.tcp = new StreamTransport(SipTransport.TCP, null, receiver, tokens);
    this.tls = new StreamTransport(SipTransport.TLS, key, receiver, tokens);
    this.webSockets = new WebSocketTransport(receiver, tokens);
    this.resolver =
        new SipResolver(
            new DnsRecords(),
            EnumSet.of(SipTransport.UDP, SipTransport.TCP, SipTransport.TLS),
            new SecureRandom());
  }

  /// Listens.
  ///
  /// @param host a wildcard means every address of this machine
  /// @param port of UDP and TCP, TLS has the next one; 0 takes free ones
  /// @param key of this side for TLS; null to listen without
  /// @throws IOException when a port is taken
  public static SipTransports start(
      String host, int port, @Nullable SSLContext key, SipReceiver receiver) throws IOException {
    List<TransportAddress> locals = locals(host);
    IOException last = new IOException("this machine has no address to listen on");
    for (int i = 0; i < (port == 0 ? BIND_ATTEMPTS : 1); i++) {
      SipTransports transports = new SipTransports(key, receiver, new Tokens(new SecureRandom()));
      try {
        transports.listen(locals, port, key != null);
        return transports;
      } catch (IOException e) {
        last = e;
        transports.close();
      }
    }
    throw last;
  }

  private void listen(List<TransportAddress> locals, int port, boolean secure) throws IOException {
    int number = port;
    for (TransportAddress each : locals) {
      UdpTransport one =
          new UdpTransport(each.withPort(number), receiver, new Tokens(new SecureRandom()));
      udp.add(one);
      number = one.local().port();
      tcp.listen(each.withPort(number));
      if (secure && number < MAX_PORT) {
        tlsPort = tls.listen(each.withPort(number + 1));
      }
    }
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

  /// The port of UDP and TCP.
  public int port() {
    return udp.getFirst().local().port();
  }

  /// The port of TLS; 0 when it is not served.
  public int tlsPort() {
    return tlsPort;
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
    if (flow.transport() == SipTransport.TCP) {
      tcp.send(message);
      return;
    }
    if (flow.transport() == SipTransport.TLS) {
      tls.send(message);
      return;
    }
    UdpTransport from = from(flow);
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
    TransportAddress here = from == null ? udp.getFirst().local() : from.local();
    boolean secure = flow.transport() == SipTransport.TLS && tlsPort != 0;
    return hostPort(secure ? here.withPort(tlsPort) : here);
  }

  private static HostPort hostPort(TransportAddress address) {
    String host = address.withScopeId(0).host();
    return new HostPort(address.isIpv6() ? "[" + host + "]" : host, address.port());
  }

  /// Where a request to a URI goes, RFC 3263; blocks.
  ///
  /// @throws UnknownHostException for a name without address
  public Flow resolve(SipUri uri) throws UnknownHostException {
    return resolver.resolve(uri).getFirst();
  }

  /// All places where a request to a URI may go, best first, RFC 3263; blocks.
  ///
  /// @throws UnknownHostException for a name without address
  public List<Flow> resolveAll(SipUri uri) throws UnknownHostException {
    return resolver.resolve(uri);
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
    tcp.close();
    tls.close();
  }
}
