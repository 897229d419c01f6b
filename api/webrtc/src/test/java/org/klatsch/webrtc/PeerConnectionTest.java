package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PeerConnectionTest {
  private static void fails(String name, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  private static void rejects(String name, CompletableFuture<?> future) {
    assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  private static final PeerConnectionFactory FACTORY =
      new PeerConnectionFactory(Pair.options(), Pair.NETWORK);

  @Test
  void startsInTheStatesOfTheW3c() {
    try (RTCPeerConnection pc = FACTORY.createPeerConnection()) {
      assertThat(pc.signalingState()).isEqualTo(RTCSignalingState.STABLE);
      assertThat(pc.iceGatheringState()).isEqualTo(RTCIceGatheringState.NEW);
      assertThat(pc.iceConnectionState()).isEqualTo(RTCIceConnectionState.NEW);
      assertThat(pc.connectionState()).isEqualTo(RTCPeerConnectionState.NEW);
      assertThat(pc.localDescription()).isNull();
      assertThat(pc.remoteDescription()).isNull();
      assertThat(pc.sctp()).isNull();
      assertThat(pc.canTrickleIceCandidates()).isNull();
    }
  }

  @Test
  void firesEventsInTheOrderOfTheW3c() {
    for (Executor executor : new Executor[] {null, Runnable::run}) {
      try (Pair pair = new Pair(executor)) {
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        RTCPeerConnection pc = pair.a;
        CompletableFuture<Void> needed = new CompletableFuture<>();
        pc.onNegotiationNeeded(_ -> {
          log.add("negotiationneeded");
          needed.complete(null);
        });
        pc.onSignalingStateChange(_ -> log.add("signaling " + pc.signalingState()));
        pc.onIceGatheringStateChange(_ -> log.add("gathering " + pc.iceGatheringState()));
        pc.onIceConnectionStateChange(_ -> log.add("ice " + pc.iceConnectionState()));
        pc.onConnectionStateChange(_ -> log.add("connection " + pc.connectionState()));
        pc.addEventListener(
            "icecandidate",
            (RTCPeerConnectionIceEvent e) ->
                log.add(
                    e.candidate() == null
                        ? "candidate null"
                        : e.candidate().candidate().isEmpty() ? "candidate end" : "candidate"));
        RTCDataChannel channel = pc.createDataChannel("x");
        CompletableFuture<Void> open = new CompletableFuture<>();
        channel.onOpen(_ -> {
          log.add("open");
          open.complete(null);
        });
        await(needed);
        pc.setLocalDescription().thenRun(() -> log.add("local set")).join();
        await(pair.b.setRemoteDescription(pc.localDescription()));
        await(pair.b.setLocalDescription());
        pc.setRemoteDescription(pair.b.localDescription())
            .thenRun(() -> log.add("remote set"))
            .join();
        await(open);
        assertThat(log)
            .containsSubsequence(
                "negotiationneeded",
                "signaling have-local-offer",
                "local set",
                "gathering gathering",
                "candidate",
                "candidate end",
                "gathering complete",
                "candidate null");
        assertThat(log)
            .containsSubsequence(
                "local set", "signaling stable", "remote set", "connection connected", "open");
        assertThat(log).containsSubsequence("ice checking", "ice connected");
        assertThat(log.stream().filter("negotiationneeded"::equals)).hasSize(1);
        assertThat(log.stream().filter("connection connecting"::equals)).hasSize(1);
      }
    }
  }

  @Test
  void aListenerMayWaitForSetRemoteDescription() throws Exception {
    // setRemoteDescription(x).join() inside a listener, which holds the task list.
    try (Pair pair = new Pair()) {
      pair.a.createDataChannel("x");
      CompletableFuture<RTCSignalingState> after = new CompletableFuture<>();
      pair.a.onSignalingStateChange(_ -> {
        if (pair.a.signalingState() == RTCSignalingState.HAVE_LOCAL_OFFER) {
          pair.b.setRemoteDescription(pair.a.localDescription()).join();
          pair.b.setLocalDescription().join();
          pair.a.setRemoteDescription(pair.b.localDescription()).join();
          after.complete(pair.a.signalingState());
        }
      });
      pair.a.setLocalDescription();
      assertThat(await(after)).isEqualTo(RTCSignalingState.STABLE);
    }
  }

  @Test
  void attributesAreThoseOfTheEventThatIsFired() {
    try (Pair pair = new Pair(Runnable::run)) {
      List<String> mismatches = Collections.synchronizedList(new ArrayList<>());
      pair.a.onConnectionStateChange(_ -> {
        if (pair.a.connectionState() == RTCPeerConnectionState.CONNECTED
            && pair.a.sctp().transport().state() != RTCDtlsTransportState.CONNECTED) {
          mismatches.add("dtls " + pair.a.sctp().transport().state());
        }
      });
      pair.connect();
      assertThat(mismatches).isEmpty();
      RTCSctpTransport sctp = pair.a.sctp();
      assertThat(sctp.state()).isEqualTo(RTCSctpTransportState.CONNECTED);
      assertThat(sctp.maxChannels()).isPositive();
      assertThat(sctp.transport().getRemoteCertificates()).hasSize(1);
      RTCIceTransport ice = sctp.transport().iceTransport();
      assertThat(ice.role()).isEqualTo(RTCIceRole.CONTROLLING);
      assertThat(ice.getLocalCandidates()).isNotEmpty();
      assertThat(ice.getSelectedCandidatePair().local().protocol()).isEqualTo(RTCIceProtocol.UDP);
      assertThat(ice.getLocalParameters().usernameFragment()).isNotEmpty();
      assertThat(ice.getRemoteParameters().password()).isNotEmpty();
    }
  }

  @Test
  void statisticsTellWhatTravelled() throws Exception {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      CompletableFuture<Object> message = new CompletableFuture<>();
      channels[1].onMessage(e -> message.complete(e.data()));
      channels[0].send("12345");
      await(message);
      RTCStatsReport report = await(pair.a.getStats());
      RTCDataChannelStats channel =
          report.stream(RTCDataChannelStats.class).findFirst().orElseThrow();
      assertThat(channel.label()).isEqualTo("data");
      assertThat(channel.messagesSent()).isEqualTo(1);
      assertThat(channel.bytesSent()).isEqualTo(5);
      assertThat(channel.state()).isEqualTo(RTCDataChannelState.OPEN);
      RTCTransportStats transport =
          report.stream(RTCTransportStats.class).findFirst().orElseThrow();
      assertThat(transport.dtlsState()).isEqualTo(RTCDtlsTransportState.CONNECTED);
      assertThat(transport.packetsSent()).isPositive();
      assertThat(transport.tlsVersion()).isEqualTo("FEFC");
      assertThat(transport.tlsGroup()).isEqualTo("X25519MLKEM768");
      RTCIceCandidatePairStats selected =
          (RTCIceCandidatePairStats) report.get(transport.selectedCandidatePairId());
      assertThat(selected.nominated()).isTrue();
      assertThat(report.get(selected.localCandidateId())).isNotNull();
      assertThat(report.get(selected.remoteCandidateId())).isNotNull();
      assertThat(report.get(transport.localCertificateId()))
          .isInstanceOf(RTCCertificateStats.class);
      assertThat(report.get(transport.remoteCertificateId()))
          .isInstanceOf(RTCCertificateStats.class);
      assertThat(report.stream(RTCPeerConnectionStats.class).findFirst().orElseThrow())
          .extracting(RTCPeerConnectionStats::dataChannelsOpened)
          .isEqualTo(1);
    }
  }

  @Test
  void refusesOperationsAfterClose() {
    RTCPeerConnection pc = FACTORY.createPeerConnection();
    RTCDataChannel channel = pc.createDataChannel("x");
    pc.close();
    pc.close();
    assertThat(pc.signalingState()).isEqualTo(RTCSignalingState.CLOSED);
    assertThat(pc.connectionState()).isEqualTo(RTCPeerConnectionState.CLOSED);
    assertThat(pc.iceConnectionState()).isEqualTo(RTCIceConnectionState.CLOSED);
    assertThat(channel.readyState()).isEqualTo(RTCDataChannelState.CLOSED);
    fails("InvalidStateError", () -> pc.createDataChannel("y"));
    fails("InvalidStateError", () -> pc.setConfiguration(new RTCConfiguration()));
    rejects("InvalidStateError", pc.createOffer());
    rejects("InvalidStateError", pc.setLocalDescription());
    rejects("InvalidStateError", pc.addIceCandidate());
  }

  @Test
  void aPromiseUnderWayIsRejectedByClose() {
    RTCPeerConnection pc = FACTORY.createPeerConnection();
    CompletableFuture<RTCSessionDescriptionInit> offer = pc.createOffer();
    pc.close();
    assertThat(offer.handle((value, error) -> value != null || error != null))
        .succeedsWithin(20, TimeUnit.SECONDS)
        .isEqualTo(true);
  }

  @Test
  void refusesDescriptionsThatDoNotFit() {
    try (Pair pair = new Pair()) {
      rejects("InvalidStateError", pair.a.createAnswer());
      rejects(
          "InvalidStateError",
          pair.a.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, "v=0\r\n")));
      rejects(
          "OperationError",
          pair.a.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, "nonsense")));
      assertThatThrownBy(() ->
              pair.a
                  .setRemoteDescription(
                      new RTCSessionDescriptionInit(RTCSdpType.OFFER, "v=0\r\nnonsense\r\n"))
                  .join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              RTCError.class,
              e -> {
                assertThat(e.errorDetail()).isEqualTo(RTCErrorDetailType.SDP_SYNTAX_ERROR);
                assertThat(e.sdpLineNumber()).isPositive();
              });
      rejects(
          "InvalidStateError", pair.a.addIceCandidate(new RTCIceCandidateInit("candidate:x", "0")));
      rejects("TypeError", pair.a.addIceCandidate(new RTCIceCandidateInit("candidate:x", null)));
      pair.a.createDataChannel("x");
      RTCSessionDescriptionInit offer = await(pair.a.createOffer());
      rejects(
          "InvalidModificationError",
          pair.a.setLocalDescription(
              new RTCSessionDescriptionInit(
                  RTCSdpType.OFFER, offer.sdp().replace("a=setup:actpass", "a=setup:active"))));
    }
  }

  @Test
  void rollsBackAnOffer() {
    try (Pair pair = new Pair()) {
      pair.a.createDataChannel("x");
      await(pair.a.setLocalDescription());
      assertThat(pair.a.signalingState()).isEqualTo(RTCSignalingState.HAVE_LOCAL_OFFER);
      await(pair.a.setLocalDescription(new RTCSessionDescriptionInit(RTCSdpType.ROLLBACK)));
      assertThat(pair.a.signalingState()).isEqualTo(RTCSignalingState.STABLE);
      assertThat(pair.a.localDescription()).isNull();
    }
  }

  @Test
  void glareIsSettledByThePoliteSide() {
    try (Pair pair = new Pair()) {
      RTCDataChannel fromA = pair.a.createDataChannel("from a");
      RTCDataChannel fromB = pair.b.createDataChannel("from b");
      CompletableFuture<RTCDataChannel> atA = new CompletableFuture<>();
      CompletableFuture<RTCDataChannel> atB = new CompletableFuture<>();
      pair.a.onDataChannel(e -> atA.complete(e.channel()));
      pair.b.onDataChannel(e -> atB.complete(e.channel()));
      await(pair.a.setLocalDescription());
      await(pair.b.setLocalDescription());
      // Both have offered: b is polite and takes its offer back.
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      assertThat(pair.b.signalingState()).isEqualTo(RTCSignalingState.HAVE_REMOTE_OFFER);
      await(pair.b.setLocalDescription());
      await(pair.a.setRemoteDescription(pair.b.localDescription()));
      assertThat(await(atA).label()).isEqualTo("from b");
      assertThat(await(atB).label()).isEqualTo("from a");
      assertThat(fromA.id() % 2).isNotEqualTo(fromB.id() % 2);
    }
  }

  @Test
  void restartsIceOnRequest() {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      String before =
          pair.a.sctp().transport().iceTransport().getLocalParameters().usernameFragment();
      CompletableFuture<Void> needed = new CompletableFuture<>();
      pair.a.onNegotiationNeeded(_ -> needed.complete(null));
      pair.a.restartIce();
      await(needed);
      pair.negotiate();
      assertThat(pair.a.sctp().transport().iceTransport().getLocalParameters().usernameFragment())
          .isNotEqualTo(before);
      CompletableFuture<Object> message = new CompletableFuture<>();
      channels[1].onMessage(e -> message.complete(e.data()));
      channels[0].send("still here");
      assertThat(await(message)).isEqualTo("still here");
    }
  }

  @Test
  void configurationsMayChangeInPart() {
    try (RTCPeerConnection pc = FACTORY.createPeerConnection()) {
      RTCConfiguration servers =
          pc.getConfiguration().withIceServers(new RTCIceServer("stun:192.0.2.1"));
      pc.setConfiguration(servers);
      assertThat(pc.getConfiguration().iceServers()).isEqualTo(servers.iceServers());
      fails(
          "InvalidModificationError",
          () -> pc.setConfiguration(servers.withBundlePolicy(RTCBundlePolicy.MAX_BUNDLE)));
      fails(
          "SyntaxError", () -> pc.setConfiguration(servers.withIceServers(new RTCIceServer("x"))));
    }
  }

  @Test
  void certificatesAreGeneratedAndKept() throws Exception {
    RTCCertificate ec =
        await(RTCPeerConnection.generateCertificate(new ECGenParameterSpec("secp256r1")));
    RTCCertificate rsa =
        await(
            RTCPeerConnection.generateCertificate(
                new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)));
    assertThat(ec.expires()).isGreaterThan(System.currentTimeMillis());
    assertThat(ec.getFingerprints()).hasSize(1);
    assertThat(RTCCertificate.fromPem(ec.toPem())).isEqualTo(ec);
    rejects(
        "NotSupportedError",
        RTCPeerConnection.generateCertificate(new ECGenParameterSpec("secp521r1")));
    for (RTCCertificate each : List.of(ec, rsa)) {
      RTCConfiguration configuration = new RTCConfiguration().withCertificates(each);
      try (RTCPeerConnection a = FACTORY.createPeerConnection(configuration);
          RTCPeerConnection b = FACTORY.createPeerConnection()) {
        a.createDataChannel("x");
        RTCSessionDescriptionInit offer = await(a.createOffer());
        assertThat(offer.sdp().toLowerCase(java.util.Locale.ROOT))
            .contains(each.getFingerprints().getFirst().value());
        a.onIceCandidate(
            e -> b.addIceCandidate(e.candidate() == null ? null : e.candidate().toInit()));
        b.onIceCandidate(
            e -> a.addIceCandidate(e.candidate() == null ? null : e.candidate().toInit()));
        CompletableFuture<Void> connected = new CompletableFuture<>();
        a.onConnectionStateChange(_ -> {
          if (a.connectionState() == RTCPeerConnectionState.CONNECTED) {
            connected.complete(null);
          }
        });
        Pair.negotiate(a, b);
        await(connected);
      }
    }
  }

  @Test
  void aWrongFingerprintFailsTheConnection() {
    try (Pair pair = new Pair()) {
      pair.a.createDataChannel("x");
      CompletableFuture<RTCError> error = new CompletableFuture<>();
      CompletableFuture<Void> failed = new CompletableFuture<>();
      pair.a.onConnectionStateChange(_ -> {
        if (pair.a.connectionState() == RTCPeerConnectionState.FAILED) {
          failed.complete(null);
        }
      });
      await(pair.a.setLocalDescription());
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      await(pair.b.setLocalDescription());
      RTCSessionDescription answer = pair.b.localDescription();
      String forged =
          answer.sdp().replaceFirst("a=fingerprint:sha-256 ..", "a=fingerprint:sha-256 00");
      String different =
          forged.equals(answer.sdp()) ? answer.sdp().replaceFirst("256 00", "256 01") : forged;
      await(
          pair.a.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, different)));
      pair.a.sctp().transport().onError(e -> error.complete(e.error()));
      await(failed);
    }
  }

  @Test
  void manyConnectionsLeaveNothingBehind() throws Exception {
    open(4);
    int sockets = Pair.NETWORK.loops().stream().mapToInt(l -> l.counters().ports()).sum();
    int cores = Pair.NETWORK.loops().stream().mapToInt(l -> l.counters().cores()).sum();
    Set<Thread> threads = ourThreads();
    open(100);
    assertThat(Pair.NETWORK.loops().stream().mapToInt(l -> l.counters().ports()).sum())
        .isEqualTo(sockets);
    assertThat(Pair.NETWORK.loops().stream().mapToInt(l -> l.counters().cores()).sum())
        .isEqualTo(cores);
    for (Thread thread : ourThreads()) {
      if (!threads.contains(thread)) {
        // The factories' own threads end a moment after their close.
        assertThat(thread.join(Duration.ofSeconds(20))).as(thread.getName()).isTrue();
      }
    }
  }

  /// The platform threads that Klatsch has started.
  private static Set<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("klatsch"))
        .collect(Collectors.toSet());
  }

  private static void open(int pairs) throws InterruptedException {
    List<Pair> open = new ArrayList<>();
    CountDownLatch connected = new CountDownLatch(pairs);
    for (int i = 0; i < pairs; i++) {
      Pair pair = new Pair();
      open.add(pair);
      pair.a.createDataChannel("x").onOpen(_ -> connected.countDown());
      pair.negotiate();
    }
    assertThat(connected.await(40, TimeUnit.SECONDS)).isTrue();
    open.forEach(Pair::close);
    assertThat(open.getFirst().factory.counters().live()).isZero();
  }

  @Test
  void aConnectionThatWasNeverUsedIsFreed() throws Exception {
    PeerConnectionFactory factory = new PeerConnectionFactory(Pair.options(), Pair.NETWORK);
    for (int i = 0; i < 10; i++) {
      await(factory.createPeerConnection().createOffer());
    }
    for (int i = 0; i < 200 && factory.counters().abandoned() < 9; i++) {
      System.gc();
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS))
          .join();
    }
    assertThat(factory.counters().abandoned()).isGreaterThanOrEqualTo(9);
    assertThat(factory.counters().created()).isEqualTo(10);
  }
}
