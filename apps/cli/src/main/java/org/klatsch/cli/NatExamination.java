package org.klatsch.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.BlockingDriver;
import org.klatsch.net.CoreListener;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.PortRange;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.NatBehavior;
import org.klatsch.stun.NatBehaviorDiscovery;

/// Finds the kind of NAT by asking STUN servers, RFC 5780.
final class NatExamination {
  /// Twice what the discovery takes where nothing is answered.
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static final Pattern STUN = Pattern.compile("stun:(\\[[^]]+]|[^:]+)(?::([0-9]+))?");
  private static final int DEFAULT_PORT = 3478;

  private NatExamination() {}

  /// @param urls of STUN servers; the first two of the family of the first are asked
  /// @return null when there is nobody to ask or no way to go
  static @Nullable NatBehavior of(List<String> urls) {
    List<TransportAddress> servers = new ArrayList<>();
    for (String url : urls) {
      TransportAddress address = resolve(url);
      if (address != null
          && (servers.isEmpty() || servers.getFirst().family() == address.family())) {
        servers.add(address);
      }
    }
    TransportAddress from =
        servers.isEmpty() ? null : LocalInterfaces.localTowards(servers.getFirst());
    if (from == null) {
      return null;
    }
    try {
      int port = freePort(from);
      NatBehaviorDiscovery discovery =
          new NatBehaviorDiscovery(
              from.withPort(port),
              servers.getFirst(),
              servers.size() > 1 ? servers.get(1) : null,
              new SecureRandom());
      AtomicReference<@Nullable NatBehavior> result = new AtomicReference<>();
      CoreListener<NatBehavior> listener = result::set;
      try (BlockingDriver<NatBehavior> driver =
          new BlockingDriver<>(discovery, listener, LoopOptions.DEFAULT)) {
        driver.driver().open(from, PortRange.of(port));
        discovery.start(driver.loop().now());
        driver.driver().requestTurn();
        driver.runUntil(() -> result.get() != null, LIMIT);
      }
      return result.get();
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable TransportAddress resolve(String url) {
    Matcher matcher = STUN.matcher(url);
    if (!matcher.matches()) {
      return null;
    }
    String port = matcher.group(2);
    try {
      String host = matcher.group(1).replaceAll("[\\[\\]]", "");
      return TransportAddress.of(
          InetAddress.getByName(host).getAddress(),
          port == null ? DEFAULT_PORT : Integer.parseInt(port));
    } catch (UnknownHostException | IllegalArgumentException e) {
      return null;
    }
  }

  /// The discovery needs to know its port before it is opened.
  private static int freePort(TransportAddress from) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(
          new InetSocketAddress(InetAddress.getByAddress(from.addressBytes()), from.port()));
      return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }
  }
}
