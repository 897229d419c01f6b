package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// An [EchoCore] on a loop with what it received in a queue that a test can wait on.
final class Endpoint implements CoreListener<EchoCore.Received> {
  static final TransportAddress LOOPBACK = TransportAddress.parse("127.0.0.1", 0);
  static final TransportAddress LOOPBACK6 = TransportAddress.parse("::1", 0);

  final EchoCore core;
  final CoreDriver<EchoCore.Received> driver;
  final LinkedBlockingQueue<EchoCore.Received> received = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<TransportAddress> refused = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  @Nullable UdpPort port;
  TransportAddress local = LOOPBACK;

  Endpoint(EventLoop loop, boolean echoes) {
    this.core = new EchoCore(echoes);
    this.driver = loop.attach(core, this);
  }

  static Endpoint open(EventLoop loop, boolean echoes, TransportAddress address) {
    Endpoint endpoint = new Endpoint(loop, echoes);
    loop.call(() -> {
      endpoint.port = endpoint.driver.open(address, PortRange.EPHEMERAL);
      endpoint.local = endpoint.port.local();
      return true;
    });
    return endpoint;
  }

  static Endpoint join(EventLoop loop, boolean echoes, SharedPort shared, String ufrag) {
    Endpoint endpoint = new Endpoint(loop, echoes);
    loop.call(() -> {
      endpoint.local = endpoint.driver.join(shared, ufrag).get(0);
      return true;
    });
    return endpoint;
  }

  void send(TransportAddress remote, byte[]... packets) {
    driver.execute(() -> {
      for (byte[] packet : packets) {
        core.send(local, remote, packet);
      }
    });
  }

  EchoCore.Received take() {
    try {
      EchoCore.Received packet = received.poll(10, TimeUnit.SECONDS);
      assertThat(packet).as("a packet within 10 s").isNotNull();
      return packet;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void event(EchoCore.Received event) {
    received.add(event);
  }

  @Override
  public void pairRefused(TransportAddress from, TransportAddress remote) {
    refused.add(remote);
  }

  @Override
  public void broken(Throwable cause) {
    failures.add(cause);
  }
}
