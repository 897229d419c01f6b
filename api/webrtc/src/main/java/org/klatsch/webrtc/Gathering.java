package org.klatsch.webrtc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.CandidatePair;
import org.klatsch.ice.GatheringState;
import org.klatsch.ice.IceAgent;
import org.klatsch.ice.IceCandidate;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.IceOptions;
import org.klatsch.ice.NetworkKind;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.InterfaceKind;
import org.klatsch.net.IpHandling;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.SharedPort;
import org.klatsch.net.UdpPort;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.MalformedSdpException;

/// The ICE side of a connection: opens ports on the machine's addresses, has names resolved, and
/// tells the application what the agent found. Confined to the loop.
final class Gathering {
  private static final System.Logger LOGGER = System.getLogger(Gathering.class.getName());

  private final Connection connection;
  private String mid = "";
  private String usernameFragment = "";
  private boolean portsOpen;

  /// The addresses on shared ports, and whether a port of our own was opened beside one.
  private final List<TransportAddress> shared = new ArrayList<>();

  private boolean ownPorts;

  /// The addresses in use where no port is shared. Their further properties, such as whether one is
  /// deprecated, may change meanwhile.
  private final Set<TransportAddress> used = new HashSet<>();

  /// UDP ports of our own by the address they are bound to.
  private final Map<TransportAddress, UdpPort> own = new HashMap<>();

  /// What peers are told in place of an address, by the address; null when nothing is told.
  private final Map<TransportAddress, @Nullable String> hidden = new HashMap<>();

  private final TcpPorts tcpPorts;

  private final IceServers servers;
  private RTCIceGathererState state = RTCIceGathererState.NEW;

  Gathering(Connection connection) {
    this.connection = connection;
    this.tcpPorts = new TcpPorts(connection.options());
    this.servers = new IceServers(connection);
  }

  IceServers servers() {
    return servers;
  }

  /// The agent's options.
  IceOptions iceOptions() {
    boolean relayOnly =
        connection.configuration().iceTransportPolicy() == RTCIceTransportPolicy.RELAY;
    return servers.options(connection.options().ice(), relayOnly);
  }

  void configurationChanged() {}

  /// Begins to gather when a local description brought a new generation of credentials.
  void update(SessionParameters parameters) {
    Session session = connection.session();
    CoreDriver<SessionEvent> driver = connection.driver();
    TransportParameters transport =
        parameters.transports().isEmpty() ? null : parameters.transports().getFirst();
    if (session == null || driver == null || transport == null) {
      return;
    }
    mid = transport.mid();
    String fragment = transport.localIce().usernameFragment();
    if (fragment.equals(usernameFragment)) {
      return;
    }
    usernameFragment = fragment;
    openPorts(session.ice(), driver);
    servers.resolve();
    session.ice().startGathering(connection.loop().now());
  }

  private void openPorts(IceAgent ice, CoreDriver<SessionEvent> driver) {
    SharedPort port = connection.options().sharedPort();
    long now = connection.loop().now();
    if (port != null) {
      List<TransportAddress> locals = driver.join(port, usernameFragment);
      if (!portsOpen) {
        for (TransportAddress local : locals) {
          shared.add(local);
          ice.addLocalAddress(now, local, NetworkKind.UNKNOWN, 0);
        }
        tcpPorts.join(ice, driver, now, port);
      }
    } else if (!portsOpen) {
      openOwnPorts(ice, driver, now);
    }
    portsOpen = true;
  }

  private void openOwnPorts(IceAgent ice, CoreDriver<SessionEvent> driver, long now) {
    for (LocalAddress each : connection.factory().localAddresses()) {
      open(ice, driver, now, each);
    }
  }

  private void open(IceAgent ice, CoreDriver<SessionEvent> driver, long now, LocalAddress address) {
    IpHandling handling = connection.options().ipHandling();
    hide(ice, address);
    try {
      if (handling.allowsUdp()) {
        UdpPort port = driver.open(address.address(), connection.options().portRange());
        own.put(address.address(), port);
        // What has a loopback address leaves by no interface.
        if (!handling.usesAllInterfaces() && !address.isLoopback()) {
          port.stayOnInterface();
        }
        ice.addLocalAddress(now, port.local(), kind(address.kind()), 0);
      }
      tcpPorts.open(ice, driver, now, address.address(), kind(address.kind()));
      used.add(address.address());
    } catch (IOException e) {
      LOGGER.log(
          Level.DEBUG, () -> "no port on " + address.address().host() + ": " + e.getMessage());
    }
  }

  /// Keeps an address from the peer where the options say so. Loopback ones are no secret.
  private void hide(IceAgent ice, LocalAddress address) {
    TransportAddress bare = address.address();
    if (address.isLoopback() || hidden.containsKey(bare)) {
      return;
    }
    PeerConnectionOptions o = connection.options();
    boolean told = o.ipHandling().tellsHostCandidates();
    boolean named =
        switch (o.mdnsNames()) {
          case NEVER -> false;
          case UNTIL_DEVICES_ARE_GRANTED ->
              !o.ipHandling().usesAllInterfaces() && !DevicePermissions.anyGranted();
          case ALWAYS -> true;
        };
    if (!told || named) {
      // Where nobody could ask for a name, none is told.
      String name = told ? connection.tether().publish(bare) : null;
      hidden.put(bare, name);
      ice.hideAddress(bare, name);
    }
  }

  private void forgetName(TransportAddress address) {
    String name = hidden.remove(address);
    if (name != null) {
      connection.tether().withdraw(name);
    }
  }

  /// Whether peers must not learn a local address.
  private boolean isHidden(TransportAddress local) {
    return hidden.containsKey(local.withPort(0).withProtocol(TransportAddress.Protocol.UDP));
  }

  private static NetworkKind kind(InterfaceKind kind) {
    return switch (kind) {
      case WIRED -> NetworkKind.ETHERNET;
      case WIFI -> NetworkKind.WIFI;
      case CELLULAR -> NetworkKind.CELLULAR;
      case VPN -> NetworkKind.VPN;
      case LOOPBACK -> NetworkKind.LOOPBACK;
      case VIRTUAL, UNKNOWN -> NetworkKind.UNKNOWN;
    };
  }

  /// Takes ports on new addresses and gives up those on addresses that are gone.
  void addressesChanged(List<LocalAddress> addresses) {
    Session session = connection.session();
    CoreDriver<SessionEvent> driver = connection.driver();
    boolean usesOwn = portsOpen && connection.options().sharedPort() == null;
    if (!usesOwn || session == null || driver == null) {
      return;
    }
    long now = connection.loop().now();
    for (LocalAddress address : addresses) {
      if (!used.contains(address.address())) {
        open(session.ice(), driver, now, address);
      }
    }
    used.removeIf(address -> {
      boolean gone = addresses.stream().noneMatch(each -> each.address().equals(address));
      if (gone) {
        close(session.ice(), driver, now, address);
      }
      return gone;
    });
  }

  private void close(
      IceAgent ice, CoreDriver<SessionEvent> driver, long now, TransportAddress address) {
    UdpPort port = own.remove(address);
    if (port != null) {
      ice.removeLocalAddress(now, port.local());
      driver.close(port);
    }
    tcpPorts.close(ice, driver, now, address);
    forgetName(address);
  }

  /// A pair of the shared port belongs to another connection: this one opens a port of its own.
  void pairRefused(TransportAddress local) {
    Session session = connection.session();
    CoreDriver<SessionEvent> driver = connection.driver();
    if (ownPorts || session == null || driver == null || !shared.contains(local)) {
      return;
    }
    ownPorts = true;
    long now = connection.loop().now();
    for (TransportAddress each : shared) {
      try {
        TransportAddress own = driver.open(each, connection.options().portRange()).local();
        session.ice().addLocalAddress(now, own, NetworkKind.UNKNOWN, 0);
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, () -> "no port on " + each.host() + ": " + e.getMessage());
      }
    }
  }

  void handle(IceEvent event) {
    switch (event) {
      case IceEvent.LocalCandidateGathered e -> gathered(e);
      case IceEvent.GatheringStateChanged e -> gatheringChanged(e.state());
      case IceEvent.StateChanged e ->
          connection.iceChanged(RTCIceTransportState.of(e.state().name().toLowerCase(Locale.ROOT)));
      case IceEvent.SelectedPairChanged e -> selected(e.pair());
      case IceEvent.RoleChanged e -> {
        RTCIceRole role = RTCIceRole.valueOf(e.role().name());
        connection.tasks().post(() -> connection.iceTransport().role(role));
      }
      case IceEvent.MdnsQueryRequested e -> resolve(e.name());
      case IceEvent.ServerFailed e -> servers.failed(e, isHidden(e.local()));
      case IceEvent.TurnConnectionRequested e -> servers.connect(e);
      case IceEvent.TurnConnectionReleased e -> servers.release(e.local(), e.remote());
    }
  }

  private RTCIceCandidate candidate(String text, String fragment) {
    return new RTCIceCandidate(new RTCIceCandidateInit(text, mid, 0, fragment));
  }

  private void gathered(IceEvent.LocalCandidateGathered event) {
    IceCandidate candidate = event.candidate();
    String fragment = event.ufrag();
    IceServers.Origin origin = servers.note(candidate, event.server());
    Jsep jsep = connection.jsep();
    if (jsep == null) {
      return;
    }
    // W3C WebRTC §5.6.3: the state says gathering before the first candidate is told.
    gatheringChanged(GatheringState.GATHERING);
    try {
      jsep.addLocalCandidate(mid, fragment, CandidateAttribute.parse(candidate.toString()));
    } catch (MalformedSdpException e) {
      throw new IllegalStateException("our own candidate " + candidate, e);
    }
    RTCIceCandidate told =
        new RTCIceCandidate(
            new RTCLocalIceCandidateInit(
                new RTCIceCandidateInit(candidate.toString(), mid, 0, fragment),
                origin == null ? null : origin.relayProtocol(),
                origin == null ? null : origin.url()));
    connection.task(pc -> {
      connection.iceTransport().addLocalCandidate(told);
      pc.dispatchEvent(
          new RTCPeerConnectionIceEvent("icecandidate", new RTCPeerConnectionIceEventInit(told)));
    });
  }

  private void gatheringChanged(GatheringState next) {
    RTCIceGathererState changed = RTCIceGathererState.valueOf(next.name());
    if (changed == state) {
      return;
    }
    state = changed;
    Jsep jsep = connection.jsep();
    boolean complete = changed == RTCIceGathererState.COMPLETE;
    String fragment = usernameFragment;
    if (complete && jsep != null) {
      jsep.endOfLocalCandidates(mid, fragment);
      RTCIceCandidate end = candidate("", fragment);
      // W3C WebRTC §4.8.1.3: an empty candidate ends the generation, null all gathering.
      connection.task(pc ->
          pc.dispatchEvent(
              new RTCPeerConnectionIceEvent(
                  "icecandidate", new RTCPeerConnectionIceEventInit(end))));
    }
    connection.gatheringState(RTCIceGatheringState.valueOf(changed.name()));
    connection.task(pc -> {
      RTCIceTransport transport = connection.iceTransport();
      transport.gatheringState(changed);
      transport.dispatchEvent(new Event("gatheringstatechange"));
      pc.dispatchEvent(new Event("icegatheringstatechange"));
      if (complete) {
        pc.dispatchEvent(
            new RTCPeerConnectionIceEvent("icecandidate", new RTCPeerConnectionIceEventInit(null)));
      }
    });
  }

  private void selected(@Nullable CandidatePair pair) {
    RTCIceCandidatePair told =
        pair == null
            ? null
            : new RTCIceCandidatePair(
                candidate(pair.local().toString(), usernameFragment),
                new RTCIceCandidate(
                    new RTCIceCandidateInit(pair.remote().toString(), mid, 0, null)));
    connection.task(_ -> {
      RTCIceTransport transport = connection.iceTransport();
      transport.selectedPair(told);
      transport.dispatchEvent(new Event("selectedcandidatepairchange"));
    });
  }

  private void resolve(String name) {
    var _ =
        connection
            .factory()
            .resolveMdns(name)
            .whenComplete((address, _) -> connection.onLoop(() -> resolved(name, address)));
  }

  private void resolved(String name, @Nullable TransportAddress address) {
    Session session = connection.session();
    if (session != null && !connection.isClosed()) {
      session.ice().handleMdnsResolved(connection.loop().now(), name, address);
    }
  }

  void close() {
    state = RTCIceGathererState.COMPLETE;
  }
}
