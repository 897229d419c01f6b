package org.klatsch.gateway.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.SipUri;

/// Where a SIP URI is to be reached, RFC 3263 §4: the transport by NAPTR, port and hosts by SRV,
/// then addresses. Answers are remembered for a while. Thread-safe; blocks.
final class SipResolver {
  /// DNS without its records' lifetimes, which the JDK does not tell: short enough that a PBX that
  /// has moved is found, long enough that calls do not wait.
  private static final Duration REMEMBERED = Duration.ofSeconds(30);

  /// Names are those of configuration and of contacts, so a table that is full is only emptied.
  private static final int MAX_REMEMBERED = 10_000;

  /// More targets are not tried for one request.
  private static final int MAX_FLOWS = 8;

  /// A service record, RFC 2782.
  record Service(int priority, int weight, int port, String host) {}

  /// An NAPTR record, RFC 3403, as far as SIP uses it.
  record Pointer(int order, int preference, String flags, String service, String replacement) {}

  /// What DNS says.
  interface Records {
    List<Pointer> pointers(String name);

    List<Service> services(String name);

    List<InetAddress> addresses(String name) throws UnknownHostException;
  }

  private record Remembered(List<Flow> flows, long until) {}

  private final Records records;
  private final RandomGenerator random;
  private final Set<SipTransport> supported;
  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

  /// @param supported the transports that this side dials
  SipResolver(Records records, Set<SipTransport> supported, RandomGenerator random) {
    this.records = records;
    this.supported = supported;
    this.random = random;
  }

  /// The flows to try, best first.
  ///
  /// @throws UnknownHostException when there is none
  List<Flow> resolve(SipUri uri) throws UnknownHostException {
    String host = uri.host().toLowerCase(Locale.ROOT);
    if (host.endsWith(".invalid")) {
      throw new UnknownHostException(
          host + " is the name of a browser: only its connection leads there");
    }
    SipTransport wanted = uri.transport();
    if (uri.secure() && wanted == null || wanted == SipTransport.UDP && uri.secure()) {
      wanted = SipTransport.TLS; // RFC 3261 §26.2.2
    }
    if (wanted != null && !supported.contains(wanted)) {
      throw new UnknownHostException("no " + wanted + " to " + host);
    }
    String key = wanted + " " + host + " " + uri.place().port();
    long now = System.nanoTime();
    Remembered known = remembered.get(key);
    if (known != null && known.until - now > 0) {
      return known.flows;
    }
    List<Flow> flows = find(host, uri.place().port(), wanted);
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(key, new Remembered(flows, now + REMEMBERED.toNanos()));
    return flows;
  }

  private List<Flow> find(String host, int port, @Nullable SipTransport wanted)
      throws UnknownHostException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    boolean literal = TransportAddress.tryParse(bare, 0) != null;
    // Names without a dot have no services: they are of this network.
    if (literal || port >= 0 || bare.indexOf('.') < 0) {
      SipTransport transport = wanted == null ? SipTransport.UDP : wanted;
      int number = port < 0 ? transport.defaultPort() : port;
      return addresses(bare, number, transport, literal ? null : bare);
    }
    List<Flow> flows = services(bare, wanted);
    if (!flows.isEmpty()) {
      return flows;
    }
    SipTransport transport = wanted == null ? SipTransport.UDP : wanted;
    return addresses(bare, transport.defaultPort(), transport, bare);
  }

  private List<Flow> services(String domain, @Nullable SipTransport wanted) {
    List<Flow> flows = new ArrayList<>();
    if (wanted == null) {
      List<Pointer> pointers = new ArrayList<>(records.pointers(domain));
      pointers.sort(Comparator.comparingInt(Pointer::order).thenComparingInt(Pointer::preference));
      for (Pointer pointer : pointers) {
        SipTransport transport =
            switch (pointer.service().toUpperCase(Locale.ROOT)) {
              case "SIP+D2U" -> SipTransport.UDP;
              case "SIP+D2T" -> SipTransport.TCP;
              case "SIPS+D2T" -> SipTransport.TLS;
              default -> null;
            };
        if (transport != null
            && supported.contains(transport)
            && pointer.flags().equalsIgnoreCase("s")) {
          services(pointer.replacement(), transport, domain, flows);
        }
      }
      if (!flows.isEmpty()) {
        return limited(flows);
      }
    }
    for (SipTransport transport :
        wanted == null
            ? List.of(SipTransport.UDP, SipTransport.TCP, SipTransport.TLS)
            : List.of(wanted)) {
      if (!supported.contains(transport)) {
        continue;
      }
      String prefix =
          switch (transport) {
            case UDP -> "_sip._udp.";
            case TCP -> "_sip._tcp.";
            default -> "_sips._tcp.";
          };
      services(prefix + domain, transport, domain, flows);
      if (!flows.isEmpty()) {
        break;
      }
    }
    return limited(flows);
  }

  private static List<Flow> limited(List<Flow> flows) {
    return List.copyOf(flows.subList(0, Math.min(flows.size(), MAX_FLOWS)));
  }

  /// @param domain the name that was asked for, which the certificate must carry (RFC 5922 §4)
  private void services(String name, SipTransport transport, String domain, List<Flow> flows) {
    for (Service service : ordered(records.services(name))) {
      try {
        flows.addAll(addresses(service.host(), service.port(), transport, domain));
      } catch (UnknownHostException e) {
        // A service on a host without address is as good as none.
      }
    }
  }

  /// By priority; within one, drawn by weight (RFC 2782).
  private List<Service> ordered(List<Service> services) {
    List<Service> left = new ArrayList<>(services);
    List<Service> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      int priority = left.stream().mapToInt(Service::priority).min().orElseThrow();
      List<Service> group = left.stream().filter(s -> s.priority() == priority).toList();
      int total = group.stream().mapToInt(Service::weight).sum();
      int drawn = random.nextInt(total + 1);
      for (Service service : group) {
        drawn -= service.weight();
        if (drawn <= 0) {
          ordered.add(service);
          left.remove(service);
          break;
        }
      }
    }
    return ordered;
  }

  private List<Flow> addresses(
      String host, int port, SipTransport transport, @Nullable String serverName)
      throws UnknownHostException {
    Set<Flow> flows = new LinkedHashSet<>();
    for (InetAddress address : records.addresses(host)) {
      flows.add(
          new Flow(
              transport,
              null,
              TransportAddress.of(address.getAddress(), port),
              0,
              transport.isSecure() ? serverName : null));
    }
    if (flows.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return limited(List.copyOf(flows));
  }
}
