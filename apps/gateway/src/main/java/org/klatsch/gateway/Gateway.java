package org.klatsch.gateway;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.KeyType;
import org.klatsch.gateway.calls.CallRecord;
import org.klatsch.gateway.calls.CallServices;
import org.klatsch.gateway.calls.CallSession;
import org.klatsch.gateway.calls.Registrar;
import org.klatsch.gateway.calls.Target;
import org.klatsch.gateway.config.Domain;
import org.klatsch.gateway.config.Route;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.location.Binding;
import org.klatsch.gateway.location.Locations;
import org.klatsch.gateway.media.Announcement;
import org.klatsch.gateway.media.BrowserLeg;
import org.klatsch.gateway.media.RtpPorts;
import org.klatsch.gateway.transport.Guard;
import org.klatsch.gateway.transport.SipReceiver;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.gateway.transport.TrunkHosts;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.TlsOptions;
import org.klatsch.server.sockets.SocketService;
import org.klatsch.server.tls.ServerKeys;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipUri;

/// The SIP gateway: transports, registrar and calls. Its WebSocket is served by the server that
/// [#webSockets] is given to.
///
/// ```java
/// Gateway gateway = Gateway.start(options);
/// KlatschServer server = KlatschServer.start(serverOptions, List.of(gateway.webSockets()));
/// ```
public final class Gateway implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Gateway.class.getName());
  private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(365);

  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /// Calls at one time: more than a machine relays.
  private static final int MAX_CALLS = 10_000;

  private final GatewayOptions options;
  private final NetworkDriver network;
  private final SipTransports transports;
  private final Registrar registrar;
  private final Locations locations = new Locations();
  private final Map<String, CallSession> calls = new ConcurrentHashMap<>();
  private final CdrFile cdr;
  private final Services services;
  private final CountDownLatch started = new CountDownLatch(1);
  private final TrunkHosts trunkHosts;
  private final Guard guard;

  private Gateway(GatewayOptions options) throws IOException {
    this.options = options;
    Path music = options.settings().musicOnHold();
    Announcement announcement = music == null ? null : Announcement.read(music);
    this.cdr = new CdrFile(options.data().resolve("cdr.jsonl"));
    this.network = new NetworkDriver(LoopOptions.DEFAULT);
    this.trunkHosts = new TrunkHosts(options.settings().trunks().values());
    this.guard = new Guard(Guard.Limits.DEFAULT, this::isTrusted);
    this.services =
        new Services(
            new RtpPorts(options.firstRtpPort(), options.lastRtpPort()), browsers(), announcement);
    try {
      this.transports =
          SipTransports.start(options.host(), options.sipPort(), key(options), new Receiver());
    } catch (IOException e) {
      network.close();
      cdr.close();
      throw new IOException(
          "Cannot listen for SIP on port "
              + options.sipPort()
              + " of "
              + options.host()
              + " (TLS has the next one); name another with --sip-port (0 takes free ones)",
          e);
    }
    this.registrar = new Registrar(options.settings(), locations, transports, guard);
    trunkHosts.start(transports);
    started.countDown();
  }

  /// Trunks and who has registered are never held up.
  private boolean isTrusted(Flow flow) {
    return !flow.transport().isWebSocket() && trunkHosts.trunk(flow) != null
        || locations.at(flow, Registrar.time()) != null;
  }

  /// Starts a gateway, which then runs until closed.
  ///
  /// @throws IOException when the port is taken or a file cannot be read
  public static Gateway start(GatewayOptions options) throws IOException {
    return new Gateway(options);
  }

  private BrowserLeg.Options browsers() throws IOException {
    Instant now = Instant.now();
    DtlsCertificate certificate =
        DtlsCertificate.generate(
            KeyType.ECDSA_P256,
            now.minus(Duration.ofDays(1)),
            now.plus(CERTIFICATE_LIFETIME),
            new SecureRandom());
    List<TransportAddress> locals = new ArrayList<>(SipTransports.locals(options.host()));
    if (locals.stream().allMatch(TransportAddress::isLoopback)) {
      // Browsers use no loopback addresses: they meet this machine at its other ones.
      for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
        if (!each.address().isLinkLocal()) {
          locals.add(each.address());
        }
      }
    }
    return new BrowserLeg.Options(certificate, locals);
  }

  /// The certificate that TLS shows: the server's.
  private static SSLContext key(GatewayOptions options) throws IOException {
    KeyStore store =
        options.tls() instanceof TlsOptions.Files files
            ? ServerKeys.fromFiles(files.certificate(), files.key())
            : ServerKeys.selfSigned(
                options.data(), options.host(), Instant.now(), new SecureRandom());
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, ServerKeys.PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("The certificate cannot be used for SIP over TLS", e);
    }
  }

  /// The port of SIP over UDP and TCP.
  public int sipPort() {
    return transports.port();
  }

  /// The port of SIP over TLS; 0 when there is none.
  public int sipsPort() {
    return transports.tlsPort();
  }

  /// What the server is to serve at `/sip`.
  public SocketService webSockets() {
    return transports.webSockets();
  }

  /// Messages find their owner by the Call-ID.
  private final class Receiver implements SipReceiver {
    @Override
    public void message(Flow flow, SipMessage message) {
      awaitStart();
      if (!guard.admits(System.nanoTime(), flow, message)) {
        return;
      }
      CallSession call = calls.get(message.callId());
      if (call != null) {
        call.message(flow, message);
      } else if (message instanceof SipRequest request
          && request.is(SipRequest.INVITE)
          && request.to().tag() == null
          && calls.size() < MAX_CALLS) {
        CallSession.start(services, flow, request);
      } else {
        registrar.message(flow, message);
      }
    }

    /// The first message may come before all parts are there.
    private void awaitStart() {
      try {
        started.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void sendFailed(Outgoing message) {
      CallSession call = calls.get(message.message().callId());
      if (call != null) {
        call.sendFailed(message);
      } else {
        registrar.sendFailed(message);
      }
    }

    @Override
    public void flowClosed(Flow flow) {
      registrar.flowClosed(flow);
      if (flow.transport().isWebSocket()) {
        // A browser is gone with its connection; a telephone may make another one.
        List.copyOf(calls.values()).stream().distinct().forEach(call -> call.flowClosed(flow));
      }
    }
  }

  private final class Services implements CallServices {
    private final RtpPorts ports;
    private final BrowserLeg.Options browsers;
    private final @Nullable Announcement music;

    Services(RtpPorts ports, BrowserLeg.Options browsers, @Nullable Announcement music) {
      this.ports = ports;
      this.browsers = browsers;
      this.music = music;
    }

    @Override
    public SipSettings settings() {
      return options.settings();
    }

    @Override
    public SipTransports transports() {
      return transports;
    }

    @Override
    public NetworkDriver network() {
      return network;
    }

    @Override
    public Codecs codecs() {
      return Codecs.installed();
    }

    @Override
    public RtpPorts ports() {
      return ports;
    }

    @Override
    public BrowserLeg.Options browsers() {
      return browsers;
    }

    @Override
    public @Nullable Announcement musicOnHold() {
      return music;
    }

    @Override
    public Path recordings() {
      Path configured = options.settings().recordings();
      return configured == null ? options.data().resolve("recordings") : configured;
    }

    @Override
    public @Nullable Caller caller(Flow flow, SipRequest request) {
      Binding binding = locations.at(flow, Registrar.time());
      if (binding != null) {
        return new Caller(binding.address(), null);
      }
      Trunk trunk = flow.transport().isWebSocket() ? null : trunkHosts.trunk(flow);
      if (trunk != null) {
        return new Caller(trunk.name(), trunk);
      }
      return null;
    }

    @Override
    public @Nullable Destination destination(@Nullable Caller caller, SipUri uri) {
      boolean ours = options.settings().domain(uri.host()) != null || isHere(uri);
      if (ours) {
        Destination users = users(uri);
        if (users != null) {
          return users;
        }
      }
      // Only who has registered reaches the outside: no open relay.
      if (caller == null || caller.trunk() != null) {
        return null;
      }
      String number = uri.userText();
      Route route = options.settings().route(number);
      return route == null ? null : outside(route, number);
    }

    private @Nullable Destination users(SipUri uri) {
      boolean known = false;
      for (Domain domain : options.settings().domains()) {
        if (options.settings().domain(uri.host()) != null
            && !domain.name().equalsIgnoreCase(uri.host())) {
          continue;
        }
        List<Binding> bindings =
            locations.of(uri.userText() + "@" + domain.name(), Registrar.time());
        String instance = gruu(uri);
        if (instance != null) {
          bindings = bindings.stream().filter(each -> instance.equals(each.instance())).toList();
        }
        if (!bindings.isEmpty()) {
          List<Target> targets = new ArrayList<>();
          bindings.forEach(each -> targets.add(new Target.Registered(each)));
          return new Destination(List.of(targets), false);
        }
        known |= domain.user(uri.userText()) != null;
      }
      return known ? new Destination(List.of(), false) : null;
    }

    /// The instance that a globally routable URI names, RFC 5627 §5.1; null for any other URI.
    private static @Nullable String gruu(SipUri uri) {
      String gr = uri.parameters().value("gr");
      return gr == null || gr.isEmpty() ? null : "<" + gr + ">";
    }

    private @Nullable Destination outside(Route route, String number) {
      List<List<Target>> groups = new ArrayList<>();
      for (String name : route.trunks()) {
        Trunk trunk = options.settings().trunks().get(name);
        if (trunk == null) {
          continue;
        }
        try {
          if (NameAddr.parse("<" + trunk.uri() + ">").uri() instanceof SipUri uri) {
            SipUri asked = uri.user() == null ? uri.withUser(route.rewritten(number)) : uri;
            groups.add(List.of(new Target.Outside(trunk, asked)));
          }
        } catch (MalformedSipException e) {
          LOGGER.log(Level.WARNING, "trunk {0} has no usable URI", name);
        }
      }
      return new Destination(groups, route.record());
    }

    /// Whether a URI names this machine rather than a domain.
    private boolean isHere(SipUri uri) {
      try {
        TransportAddress address = transports.resolve(uri).remote();
        if (address.isLoopback()) {
          return true;
        }
        for (TransportAddress each : browsers.locals()) {
          if (each.hasSameHost(address)) {
            return true;
          }
        }
        return false;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void join(String callId, CallSession call) {
      calls.put(callId, call);
    }

    @Override
    public void leave(String callId, CallSession call) {
      calls.remove(callId, call);
    }

    @Override
    public @Nullable CallSession call(String callId) {
      return calls.get(callId);
    }

    @Override
    public void ended(CallRecord call) {
      cdr.write(call);
    }
  }

  /// Ends all calls, then everything else.
  @Override
  public void close() throws IOException {
    List<CallSession> all = List.copyOf(calls.values()).stream().distinct().toList();
    all.forEach(CallSession::close);
    // So that the goodbyes leave before the sockets close.
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    all.forEach(call -> call.awaitEnd(deadline - System.nanoTime()));
    registrar.close();
    trunkHosts.close();
    transports.close();
    network.close();
    cdr.close();
  }
}
