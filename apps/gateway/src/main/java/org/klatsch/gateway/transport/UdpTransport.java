package org.klatsch.gateway.transport;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.SipMessageReader;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.transaction.StatelessResponses;

/// SIP over one UDP socket, RFC 3261 §18.
final class UdpTransport implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(UdpTransport.class.getName());
  private static final int MAX_DATAGRAM = 65_535;

  /// Whoever pings keeps a mapping of a NAT open, RFC 5626 §3.5.1 and what older telephones do.
  private static final int SHORTEST_MESSAGE = 8;

  private final DatagramSocket socket;
  private final TransportAddress local;
  private final SipReceiver receiver;
  private final Tokens tokens;
  private final AtomicLong malformed = new AtomicLong();

  UdpTransport(TransportAddress address, SipReceiver receiver, Tokens tokens) throws IOException {
    this.receiver = receiver;
    this.tokens = tokens;
    this.socket =
        new DatagramSocket(
            new InetSocketAddress(
                InetAddress.getByAddress(address.addressBytes()), address.port()));
    this.local = address.withPort(socket.getLocalPort());
    Thread.ofPlatform().daemon().name("klatsch-sip-udp-" + local).start(this::receive);
  }

  TransportAddress local() {
    return local;
  }

  private void receive() {
    byte[] buffer = new byte[MAX_DATAGRAM];
    while (!socket.isClosed()) {
      DatagramPacket datagram = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(datagram);
      } catch (IOException e) {
        if (!socket.isClosed()) {
          LOGGER.log(Level.DEBUG, "a datagram could not be received", e);
        }
        continue;
      }
      if (datagram.getLength() < SHORTEST_MESSAGE) {
        continue;
      }
      TransportAddress remote =
          TransportAddress.of(datagram.getAddress().getAddress(), datagram.getPort());
      Flow flow = new Flow(SipTransport.UDP, local, remote, 0, null);
      try {
        SipMessage message = SipMessageReader.parse(buffer, 0, datagram.getLength());
        receiver.message(flow, message);
      } catch (MalformedSipException e) {
        malformed.incrementAndGet();
        Outgoing refusal = StatelessResponses.refusal(flow, e, tokens.tag());
        if (refusal != null) {
          send(refusal);
        }
      } catch (RuntimeException e) {
        LOGGER.log(Level.ERROR, "a message was dropped", e);
      }
    }
  }

  void send(Outgoing message) {
    byte[] bytes = message.message().toBytes();
    TransportAddress to = message.flow().remote();
    try {
      socket.send(
          new DatagramPacket(
              bytes, bytes.length, InetAddress.getByAddress(to.addressBytes()), to.port()));
    } catch (IOException | IllegalArgumentException e) {
      LOGGER.log(Level.DEBUG, () -> "not sent to " + to + ": " + e.getMessage());
      receiver.sendFailed(message);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
