package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.ice.mdns.MdnsMessage;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;

/// Asks a responder of the test over real multicast on loopback.
class MdnsResolverTest {
  private static final String NAME = "186f77b5-bdee-4a08-bf8c-bf620d221a34.local";
  private static final AddressPolicy LOOPBACK =
      AddressPolicy.all(
          InterfaceFilter.DEFAULT.withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8"))));
  private static final TransportAddress ANSWER = TransportAddress.parse("192.0.2.55", 0);

  /// Knows one name; answers to the group as browsers do, or to the asker.
  private static final class Responder implements AutoCloseable {
    final DatagramChannel channel;
    final DatagramChannel sender;

    Responder(boolean toGroup) throws IOException {
      InetAddress group = SocketAddresses.toInetAddress(MdnsMessage.IPV4_GROUP);
      channel = DatagramChannel.open(StandardProtocolFamily.INET);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(SocketAddresses.toInet(MdnsMessage.IPV4_GROUP));
      NetworkInterface loopback =
          NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
      channel.join(group, loopback);
      sender = DatagramChannel.open(StandardProtocolFamily.INET);
      sender.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback);
      sender.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), MdnsMessage.PORT));
      Thread.ofPlatform().daemon().start(() -> serve(toGroup));
    }

    private void serve(boolean toGroup) {
      ByteBuffer buffer = ByteBuffer.allocate(9000);
      try {
        while (true) {
          buffer.clear();
          InetSocketAddress source = (InetSocketAddress) channel.receive(buffer);
          MdnsMessage question = MdnsMessage.parse(buffer.array(), 0, buffer.position());
          if (!question.response()
              && question.questions().stream().anyMatch(each -> each.name().equals(NAME))) {
            PacketWriter writer = new PacketWriter(512);
            new MdnsMessage(
                    question.id(),
                    true,
                    List.of(),
                    List.of(new MdnsMessage.AddressRecord(NAME, ANSWER, 120)))
                .write(writer);
            sender.send(
                ByteBuffer.wrap(writer.toByteArray()),
                toGroup ? SocketAddresses.toInet(MdnsMessage.IPV4_GROUP) : source);
          }
        }
      } catch (IOException closed) {
        // The test is over.
      } catch (org.klatsch.sansio.MalformedPacketException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
      sender.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"nio,true", "nio,false", "ffm,true", "ffm,false"})
  void findsANameThatAResponderKnowsOnLoopback(String backend, boolean toGroup) throws Exception {
    assumeTrue(Backends.available().contains(backend), "backend runs here");
    Responder responder;
    try {
      responder = new Responder(toGroup);
    } catch (IOException e) {
      abort("no multicast on loopback here: " + e);
      return;
    }
    try (responder;
        NetworkDriver network =
            new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).backend(backend).build());
        MdnsResolver resolver = new MdnsResolver(network.nextLoop(), LOOPBACK, null)) {
      assertThat(
              resolver.resolve(NAME.toUpperCase(java.util.Locale.ROOT)).get(10, TimeUnit.SECONDS))
          .isEqualTo(ANSWER);
      assertThat(network.loops().get(0).counters().ports()).isZero();
      assertThat(resolver.resolve(NAME).get(10, TimeUnit.SECONDS)).isEqualTo(ANSWER);
    }
  }

  @Test
  void asksTheSystemToo() throws Exception {
    HostResolver system =
        new HostResolver(
            host -> {
              assertThat(host).isEqualTo(NAME);
              return List.of(ANSWER);
            },
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
        MdnsResolver resolver =
            new MdnsResolver(
                network.nextLoop(), AddressPolicy.all(InterfaceFilter.DEFAULT), system)) {
      assertThat(resolver.resolve(NAME).get(10, TimeUnit.SECONDS)).isEqualTo(ANSWER);
    }
  }

  @Test
  void answersNullForNamesItMayNotAskForAndWhenItIsClosed() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build())) {
      MdnsResolver resolver =
          new MdnsResolver(network.nextLoop(), AddressPolicy.all(InterfaceFilter.DEFAULT), null);
      assertThat(MdnsResolver.isResolvable("example.com")).isFalse();
      assertThat(resolver.resolve("a.b.local").get(10, TimeUnit.SECONDS)).isNull();
      var pending = resolver.resolve("nobody-knows-this-name.local");
      resolver.close();
      assertThat(pending.get(10, TimeUnit.SECONDS)).isNull();
    }
  }
}
