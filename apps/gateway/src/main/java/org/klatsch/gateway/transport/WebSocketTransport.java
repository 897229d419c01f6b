package org.klatsch.gateway.transport;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.sockets.SocketListener;
import org.klatsch.server.sockets.SocketPeer;
import org.klatsch.server.sockets.SocketService;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessageReader;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.transaction.StatelessResponses;

/// SIP over the WebSockets of the server, RFC 7118: a message a WebSocket message. Connections are
/// only accepted; who has gone is not dialled.
final class WebSocketTransport implements SocketService {
  private static final System.Logger LOGGER = System.getLogger(WebSocketTransport.class.getName());

  private final SipReceiver receiver;
  private final Tokens tokens;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, SocketPeer> peers = new ConcurrentHashMap<>();

  WebSocketTransport(SipReceiver receiver, Tokens tokens) {
    this.receiver = receiver;
    this.tokens = tokens;
  }

  @Override
  public String path() {
    return "/sip";
  }

  /// RFC 7118 §4.1.
  @Override
  public String subprotocol() {
    return "sip";
  }

  @Override
  public SocketListener opened(SocketPeer peer) {
    long number = numbers.incrementAndGet();
    Flow flow =
        new Flow(
            peer.isSecure() ? SipTransport.WSS : SipTransport.WS,
            address(peer.local()),
            address(peer.remote()),
            number,
            null);
    peers.put(number, peer);
    return new SocketListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        received(flow, peer, bytes, offset, length);
      }

      @Override
      public void closed() {
        peers.remove(number);
        receiver.flowClosed(flow);
      }
    };
  }

  private static TransportAddress address(InetSocketAddress from) {
    return from.getAddress() == null
        ? TransportAddress.ofIpv4(0, 0)
        : TransportAddress.of(from.getAddress().getAddress(), from.getPort());
  }

  private void received(Flow flow, SocketPeer peer, byte[] bytes, int offset, int length) {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      // RFC 5626 §3.5.1: a double CRLF is a ping, a single one the answer.
      if (text.length() >= 4) {
        peer.send("\r\n");
      }
      return;
    }
    try {
      receiver.message(flow, SipMessageReader.parse(bytes, offset, length));
    } catch (MalformedSipException e) {
      Outgoing refusal = StatelessResponses.refusal(flow, e, tokens.tag());
      if (refusal != null) {
        send(refusal);
      }
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "a message was dropped", e);
    }
  }

  void send(Outgoing message) {
    SocketPeer peer = peers.get(message.flow().connection());
    if (peer == null
        || !peer.send(new String(message.message().toBytes(), StandardCharsets.UTF_8))) {
      receiver.sendFailed(message);
    }
  }

  /// Who is at the other end of a flow; null when it has gone.
  @Nullable SocketPeer peer(Flow flow) {
    return peers.get(flow.connection());
  }
}
