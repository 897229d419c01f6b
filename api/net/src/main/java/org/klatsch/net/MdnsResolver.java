package org.klatsch.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.mdns.MdnsEvent;
import org.klatsch.ice.mdns.MdnsMessage;
import org.klatsch.ice.mdns.MdnsQuerier;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// Finds the addresses behind the `.local` names of remote candidates: by multicast DNS (RFC 6762)
/// on the interfaces of a policy and loopback, and by the system's resolver at the same time.
///
/// Questions leave from a port of each local address. Answers come back there, or to the group from
/// responders that answer by multicast only, as browsers do; a thread of this class listens to the
/// group while names are asked for. Thread-safe.
public final class MdnsResolver implements AutoCloseable {
  /// Names asked for at a time; a remote description has few.
  private static final int MAX_QUERIES = 256;

  private static final int MAX_MESSAGE = 9000; // RFC 6762 §17.

  private final EventLoop loop;
  private final AddressPolicy policy;
  private final @Nullable HostResolver system;
  private final MdnsQuerier querier = new MdnsQuerier(MAX_QUERIES);
  private final CoreDriver<MdnsEvent> driver;

  // Confined to the loop.
  private final Map<String, CompletableFuture<@Nullable TransportAddress>> waiting =
      new HashMap<>();
  private final Map<TransportAddress, UdpPort> ports = new HashMap<>();
  private final Set<String> interfaces = new HashSet<>();
  private @Nullable DatagramChannel listener;

  /// @param loop runs the questions
  /// @param policy on which addresses to ask; loopback is always among them
  /// @param system asked too, unless null; it may ask on any interface, hence not under a policy
  ///   that does not use all
  public MdnsResolver(EventLoop loop, AddressPolicy policy, @Nullable HostResolver system) {
    this.loop = loop;
    this.policy = policy.withLoopback();
    this.system = policy.handling().usesAllInterfaces() ? system : null;
    this.driver = loop.attach(querier, this::resolved);
  }

  /// Whether a candidate's address is a name to be asked for here.
  public static boolean isResolvable(String name) {
    return MdnsQuerier.isResolvable(name);
  }

  /// Asks for an address of a name. The future gets null when nobody knows it; it is completed on
  /// the loop.
  public CompletableFuture<@Nullable TransportAddress> resolve(String name) {
    CompletableFuture<@Nullable TransportAddress> answer = new CompletableFuture<>();
    try {
      driver.execute(() -> ask(name.toLowerCase(Locale.ROOT), answer));
    } catch (RejectedExecutionException ended) {
      answer.complete(null);
    }
    return answer;
  }

  private void ask(String name, CompletableFuture<@Nullable TransportAddress> answer) {
    CompletableFuture<@Nullable TransportAddress> first = waiting.get(name);
    if (first != null) {
      var _ = first.thenAccept(answer::complete);
      return;
    }
    waiting.put(name, answer);
    openPorts();
    listen();
    querier.resolve(loop.now(), name);
    if (system != null && isResolvable(name)) {
      var _ =
          system
              .resolve(name, 0)
              .thenAccept(found -> driver.execute(() -> finish(name, found.get(0))));
    }
  }

  private void resolved(MdnsEvent event) {
    switch (event) {
      case MdnsEvent.Resolved(String name, TransportAddress address) ->
          finish(name.toLowerCase(Locale.ROOT), address);
    }
  }

  private void finish(String name, @Nullable TransportAddress address) {
    CompletableFuture<@Nullable TransportAddress> answer = waiting.remove(name);
    if (answer != null) {
      answer.complete(address);
    }
    if (waiting.isEmpty()) {
      rest();
    }
  }

  /// One port for each address there is now.
  private void openPorts() {
    interfaces.clear();
    try {
      for (LocalAddress local : policy.addresses()) {
        interfaces.add(local.interfaceName());
        if (!ports.containsKey(local.address())) {
          openPort(local);
        }
      }
    } catch (IOException e) {
      log("interfaces cannot be listed", e);
    }
  }

  private void openPort(LocalAddress local) {
    try {
      UdpPort port = driver.open(local.address(), PortRange.EPHEMERAL);
      ports.put(local.address(), port);
      port.multicastFrom(local.interfaceIndex());
      querier.addInterface(port.local());
    } catch (IOException e) {
      // An address that is just going away, or an interface without multicast.
      log("no multicast DNS from " + local.address().host(), e);
    }
  }

  /// Listens to the group on the same interfaces, until all names are found or given up. Responders
  /// answer to the groups of both families whatever the address: one is enough.
  private void listen() {
    if (listener == null) {
      listener = listenTo(StandardProtocolFamily.INET, MdnsMessage.IPV4_GROUP);
    }
    if (listener == null) {
      listener = listenTo(StandardProtocolFamily.INET6, MdnsMessage.IPV6_GROUP);
    }
  }

  private @Nullable DatagramChannel listenTo(
      StandardProtocolFamily family, TransportAddress group) {
    try {
      DatagramChannel channel = DatagramChannel.open(family);
      try {
        // Other programs of this machine listen here too. Bound to the group itself, the socket
        // takes no unicast packets away from them; Windows and IPv6 do not allow that.
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        boolean toGroup = group.isIpv4() && !System.getProperty("os.name").startsWith("Windows");
        channel.bind(
            toGroup ? SocketAddresses.toInet(group) : new InetSocketAddress(MdnsMessage.PORT));
        if (joinAll(channel, SocketAddresses.toInetAddress(group)) == 0) {
          channel.close();
          return null;
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      Thread.ofPlatform().daemon().name("klatsch-mdns").start(() -> hear(channel, group));
      return channel;
    } catch (IOException | RuntimeException e) {
      log("multicast DNS answers on " + group.host() + " cannot be heard", e);
      return null;
    }
  }

  private int joinAll(DatagramChannel channel, InetAddress group) throws IOException {
    int joined = 0;
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      try {
        if (network.isUp()
            && interfaces.contains(network.getName())
            && (network.supportsMulticast() || network.isLoopback())) {
          channel.join(group, network);
          joined++;
        }
      } catch (IOException | RuntimeException e) {
        // An interface without an address of this family.
      }
    }
    return joined;
  }

  private void hear(DatagramChannel channel, TransportAddress group) {
    ByteBuffer message = ByteBuffer.allocate(MAX_MESSAGE);
    while (true) {
      try {
        message.clear();
        InetSocketAddress source = (InetSocketAddress) channel.receive(message);
        byte[] copy = new byte[message.position()];
        message.flip().get(copy);
        TransportAddress remote = SocketAddresses.of(source.getAddress(), source.getPort());
        TransportAddress local = group.withScopeId(remote.scopeId());
        driver.execute(() ->
            querier.handlePacket(
                loop.now(), local, remote.withScopeId(0), 0, copy, 0, copy.length));
      } catch (IOException | RejectedExecutionException e) {
        return; // Closed: all names are found, or the loop has ended.
      }
    }
  }

  /// Closes what is only needed while names are asked for.
  private void rest() {
    if (listener != null) {
      try {
        listener.close();
      } catch (IOException e) {
        log("a multicast socket did not close cleanly", e);
      }
      listener = null;
    }
    for (UdpPort port : List.copyOf(ports.values())) {
      querier.removeInterface(port.local());
      driver.close(port);
    }
    ports.clear();
  }

  private static void log(String what, Exception e) {
    System.getLogger(MdnsResolver.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }

  /// Gives up all names; their futures get null.
  @Override
  public void close() {
    Runnable end =
        () -> {
          for (String name : List.copyOf(waiting.keySet())) {
            finish(name, null);
          }
          rest();
          driver.detach();
        };
    try {
      if (loop.isCurrent()) {
        end.run();
      } else {
        loop.execute(end);
      }
    } catch (RejectedExecutionException ended) {
      // The loop has freed its ports; the listeners are closed by their own next failure.
    }
  }
}
