package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.klatsch.webrtc.Pair.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.IpHandling;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;

/// What peers, pages and logs may learn of this machine's addresses.
@Timeout(60)
final class PrivacyTest {
  private static final PeerConnectionOptions DEFAULT = PeerConnectionOptions.DEFAULT;

  @AfterEach
  void forgetWhatWasGranted() {
    DevicePermissions.anyGranted(false);
  }

  /// The addresses of this machine that are no loopback ones, as text.
  private static List<String> addresses() throws Exception {
    List<String> found = new ArrayList<>();
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
      found.add(each.address().withScopeId(0).host().toLowerCase(Locale.ROOT));
    }
    assumeTrue(!found.isEmpty(), "a machine with a network");
    return found;
  }

  /// All that an application and its peer can read of a connection.
  private static String everythingTold(RTCPeerConnection connection, List<String> events) {
    StringBuilder all = new StringBuilder();
    RTCSessionDescription local = connection.localDescription();
    all.append(local == null ? "" : local.sdp());
    all.append(await(connection.getStats()).values());
    all.append(events);
    RTCSctpTransport sctp = connection.sctp();
    if (sctp != null) {
      RTCIceTransport ice = sctp.transport().iceTransport();
      ice.getLocalCandidates().forEach(each -> all.append(each.candidate()));
      RTCIceCandidatePair pair = ice.getSelectedCandidatePair();
      all.append(pair == null ? "" : pair.local().candidate());
    }
    return all.toString().toLowerCase(Locale.ROOT);
  }

  private static List<String> watched(RTCPeerConnection connection) {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    connection.onIceCandidate(e -> {
      RTCIceCandidate candidate = e.candidate();
      events.add(candidate == null ? "end" : candidate.toJSON());
    });
    connection.onIceCandidateError(e -> events.add(e.address() + " " + e.port()));
    return events;
  }

  @Test
  void byDefaultPeersOfOneMachineMeetUnderNamesAndTellNoAddress() throws Exception {
    List<String> addresses = addresses();
    try (Pair pair = new Pair(DEFAULT)) {
      List<String> a = watchedToo(pair.a, pair.b);
      List<String> b = watchedToo(pair.b, pair.a);
      pair.connect();
      for (String told : List.of(everythingTold(pair.a, a), everythingTold(pair.b, b))) {
        assertThat(told).contains(".local");
        for (String address : addresses) {
          assertThat(told).doesNotContain(" " + address + " ");
          assertThat(told).doesNotContain("=" + address + ",");
        }
      }
      assertThat(pair.factory.names().names()).isPositive();
      pair.a.close();
      pair.b.close();
      assertThat(pair.factory.names().names()).isZero();
    }
  }

  private static List<String> watchedToo(RTCPeerConnection from, RTCPeerConnection to) {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    from.addEventListener(
        "icecandidate",
        (RTCPeerConnectionIceEvent e) -> {
          RTCIceCandidate candidate = e.candidate();
          events.add(candidate == null ? "end" : candidate.toJSON());
        });
    return events;
  }

  private static String gathered(PeerConnectionOptions options, RTCConfiguration configuration)
      throws Exception {
    try (PeerConnectionFactory factory = new PeerConnectionFactory(options, Pair.NETWORK);
        RTCPeerConnection connection = factory.createPeerConnection(configuration)) {
      List<String> events = watched(connection);
      connection.createDataChannel("data");
      await(connection.setLocalDescription());
      while (!events.contains("end")) {
        Thread.onSpinWait();
      }
      return everythingTold(connection, events);
    }
  }

  @Test
  void namesGiveWayToAddressesOnceDevicesAreGranted() throws Exception {
    addresses();
    RTCConfiguration configuration = new RTCConfiguration();
    assertThat(gathered(DEFAULT, configuration)).contains(".local");
    DevicePermissions.anyGranted(true);
    assertThat(gathered(DEFAULT, configuration)).doesNotContain(".local").contains("typ host");
    assertThat(gathered(DEFAULT.withMdnsNames(MdnsNames.ALWAYS), configuration)).contains(".local");
  }

  @Test
  void modeOneTellsAddressesAndModesThreeAndFourNoHostCandidates() throws Exception {
    List<String> addresses = addresses();
    RTCConfiguration configuration =
        new RTCConfiguration().withIceServers(new RTCIceServer("stun:127.0.0.1:1"));
    String all = gathered(DEFAULT.withIpHandling(IpHandling.ALL_ADDRESSES), configuration);
    assertThat(all).contains("typ host").doesNotContain(".local");
    for (IpHandling mode : List.of(IpHandling.DEFAULT_ROUTE_WITHOUT_HOST, IpHandling.PROXY)) {
      String told = gathered(DEFAULT.withIpHandling(mode), configuration);
      assertThat(told).doesNotContain("typ host").doesNotContain(".local");
      for (String address : addresses) {
        assertThat(told).doesNotContain(" " + address + " ").doesNotContain("=" + address + ",");
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsReportedWithoutTheAddress() throws Exception {
    List<String> addresses = addresses();
    // The discard port of this machine's own address: it cannot answer.
    RTCConfiguration configuration =
        new RTCConfiguration().withIceServers(new RTCIceServer("stun:192.0.2.254:9"));
    String told = gathered(DEFAULT, configuration);
    for (String address : addresses) {
      assertThat(told).doesNotContain(address + " ").doesNotContain("=" + address + ",");
    }
  }

  @Test
  void theSwitchClosesWhatExists() {
    Pair pair = new Pair();
    try (pair) {
      pair.connect();
      PeerConnectionFactory.disable();
      assertThat(pair.a.connectionState()).isEqualTo(RTCPeerConnectionState.CLOSED);
      assertThat(pair.b.connectionState()).isEqualTo(RTCPeerConnectionState.CLOSED);
      assertThat(PeerConnectionFactory.disabledReason()).contains("switched off by this program");
      assertThatThrownBy(pair.factory::createPeerConnection)
          .isInstanceOf(DOMException.class)
          .hasMessageContaining("NotSupportedError")
          .hasMessageContaining("switched off");
    } finally {
      PeerConnectionFactory.enable();
    }
    assertThat(PeerConnectionFactory.disabledReason()).isNull();
  }
}
