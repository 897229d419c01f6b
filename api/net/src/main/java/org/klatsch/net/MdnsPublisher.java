package org.klatsch.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.mdns.MdnsEvent;
import org.klatsch.ice.mdns.MdnsMessage;
import org.klatsch.ice.mdns.MdnsResponder;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Gives local addresses random `.local` names and answers for them by multicast DNS (RFC 6762) as
/// long as they are in use, draft-ietf-mmusic-mdns-ice-candidates §3.1.1.
///
/// It listens on the interfaces of a policy and on loopback, each by a socket and a thread of its
/// own, only while there are names. Thread-safe.
public final class MdnsPublisher implements AutoCloseable {
  /// Names in use at a time: some for each connection of a client with many.
  private static final int MAX_NAMES = 4096;

  private static final int MAX_MESSAGE = 9000; // RFC 6762 §17.
  private static final int BURST = 16;

  /// How long the interfaces are believed to be the same.
  private static final long LOOK_AGAIN_NANOS = 2_000_000_000L;

  private final AddressPolicy policy;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final MdnsResponder responder = new MdnsResponder(MAX_NAMES);
  private final Map<String, Door> doors = new HashMap<>();
  private final TransmitBuffer out = new TransmitBuffer(BURST, MAX_MESSAGE);
  private long lookedAt;
  private boolean closed;

  /// The socket on one interface.
  private record Door(DatagramChannel channel, LocalAddress address, List<AddressPrefix> links) {
    /// What names the interface to the responder.
    TransportAddress local() {
      return address.address().withPort(MdnsMessage.PORT);
    }
  }

  /// @param policy on which interfaces to answer; loopback is always among them
  public MdnsPublisher(AddressPolicy policy) {
    this.policy = policy.withLoopback();
  }

  /// Gives an address a new name.
  ///
  /// @return the name, or null when nobody could ask for it: there is no multicast here, or there
  ///   are too many names
  public @Nullable String publish(TransportAddress address) {
    lock.lock();
    try {
      if (closed) {
        return null;
      }
      openDoors();
      // A version 4 UUID, draft-ietf-mmusic-mdns-ice-candidates §3.1.1.
      String name = UUID.randomUUID() + ".local";
      return !doors.isEmpty() && responder.publish(name, address) ? name : null;
    } finally {
      lock.unlock();
    }
  }

  /// Forgets a name.
  public void withdraw(String name) {
    lock.lock();
    try {
      responder.withdraw(name);
      flush();
      if (responder.names() == 0) {
        closeDoors();
      }
    } finally {
      lock.unlock();
    }
  }

  /// How many names are in use.
  public int names() {
    lock.lock();
    try {
      return responder.names();
    } finally {
      lock.unlock();
    }
  }

  private void openDoors() {
    long now = System.nanoTime();
    if (!doors.isEmpty() && now - lookedAt < LOOK_AGAIN_NANOS) {
      return;
    }
    lookedAt = now;
    try {
      List<LocalAddress> addresses = policy.addresses();
      Set<String> ipv4 = new HashSet<>();
      for (LocalAddress each : addresses) {
        if (each.address().isIpv4()) {
          ipv4.add(each.interfaceName());
        }
      }
      for (LocalAddress each : addresses) {
        // Who asks, asks by IPv4 where the interface has it.
        boolean preferred = each.address().isIpv4() || !ipv4.contains(each.interfaceName());
        if (preferred && !doors.containsKey(each.interfaceName())) {
          open(each);
        }
      }
    } catch (IOException e) {
      log("interfaces cannot be listed", e);
    }
  }

  private void open(LocalAddress address) {
    boolean ipv4 = address.address().isIpv4();
    TransportAddress group = ipv4 ? MdnsMessage.IPV4_GROUP : MdnsMessage.IPV6_GROUP;
    try {
      NetworkInterface network = NetworkInterface.getByName(address.interfaceName());
      if (network == null || !network.supportsMulticast() && !network.isLoopback()) {
        return;
      }
      DatagramChannel channel =
          DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
      try {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, network);
        channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 255); // RFC 6762 §11.
        // Bound to the group the socket takes no unicast packets away from other programs; only
        // Linux sends from such a socket, and not with IPv6.
        boolean toGroup = ipv4 && System.getProperty("os.name").startsWith("Linux");
        channel.bind(
            toGroup ? SocketAddresses.toInet(group) : new InetSocketAddress(MdnsMessage.PORT));
        InetAddress inet = SocketAddresses.toInetAddress(group);
        channel.join(inet, network);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      Door door = new Door(channel, address, links(network));
      doors.put(address.interfaceName(), door);
      responder.addInterface(door.local());
      Thread.ofVirtual().name("klatsch-mdns-" + network.getName()).start(() -> hear(door));
    } catch (IOException | RuntimeException e) {
      // An interface without multicast, or one that is just going away.
      log("names are not answered for on " + address.interfaceName(), e);
    }
  }

  private static List<AddressPrefix> links(NetworkInterface network) {
    List<AddressPrefix> links = new ArrayList<>();
    for (InterfaceAddress each : network.getInterfaceAddresses()) {
      TransportAddress address = SocketAddresses.of(each.getAddress(), 0).withScopeId(0);
      links.add(AddressPrefix.of(address, each.getNetworkPrefixLength()));
    }
    return List.copyOf(links);
  }

  private void hear(Door door) {
    byte[] packet = new byte[MAX_MESSAGE];
    while (true) {
      try {
        ByteBuffer message = ByteBuffer.wrap(packet);
        InetSocketAddress source = (InetSocketAddress) door.channel().receive(message);
        TransportAddress remote = SocketAddresses.of(source.getAddress(), source.getPort());
        // RFC 6762 §11: who is not on the link has no business here, and an answer to it would
        // leave by another interface.
        TransportAddress bare = remote.withScopeId(0);
        if (remote.isLinkLocal() || door.links().stream().anyMatch(link -> link.contains(bare))) {
          handle(door, remote, packet, message.position());
        }
      } catch (IOException e) {
        return; // Closed: no name is in use, or the interface is gone.
      }
    }
  }

  private void handle(Door door, TransportAddress remote, byte[] packet, int length) {
    lock.lock();
    try {
      responder.handlePacket(System.nanoTime(), door.local(), remote, 0, packet, 0, length);
      flush();
    } finally {
      lock.unlock();
    }
  }

  /// Sends what the responder has to say.
  private void flush() {
    do {
      out.clear();
      Pump.run(responder, System.nanoTime(), out, (MdnsEvent _) -> {});
      for (int i = 0; i < out.packetCount(); i++) {
        send(i);
      }
    } while (out.packetCount() > 0);
  }

  private void send(int index) {
    TransportAddress local = out.packetLocal(index);
    TransportAddress remote = out.packetRemote(index);
    for (Door door : doors.values()) {
      if (door.local().equals(local) && remote != null) {
        try {
          door.channel()
              .send(
                  ByteBuffer.wrap(out.array(), out.packetOffset(index), out.packetLength(index)),
                  SocketAddresses.toInet(remote));
        } catch (IOException e) {
          log("an answer for a name was not sent", e);
        }
      }
    }
  }

  private void closeDoors() {
    for (Door door : List.copyOf(doors.values())) {
      responder.removeInterface(door.local());
      try {
        door.channel().close();
      } catch (IOException e) {
        log("a multicast socket did not close cleanly", e);
      }
    }
    doors.clear();
  }

  private static void log(String what, Exception e) {
    System.getLogger(MdnsPublisher.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }

  /// Forgets all names.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closeDoors();
    } finally {
      lock.unlock();
    }
  }
}
