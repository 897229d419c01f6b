package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Simulation;

class StunClientTest {
  private static final TransportAddress LOCAL = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TransmitBuffer out = new TransmitBuffer(8, 1500);
  private final List<StunClientEvent> events = new ArrayList<>();

  private static StunClient client(@Nullable StunCredential credential) {
    return new StunClient(
        LOCAL, SERVER, false, RetransmissionSchedule.DEFAULT, credential, 8, RANDOM);
  }

  private byte[] onlyPacket(StunClient client, long now) {
    out.clear();
    Pump.run(client, now, out, events::add);
    assertThat(out.packetCount()).isEqualTo(1);
    return Arrays.copyOf(out.array(), out.packetLength(0));
  }

  private void receive(StunClient client, long now, byte[] packet) {
    client.handlePacket(now, LOCAL, SERVER, 0, packet, 0, packet.length);
    out.clear();
  }

  @Test
  void aBindingServerTellsTheAddressItSees() {
    Simulation simulation = new Simulation(1);
    LinkOptions link = LinkOptions.PERFECT.delayMillis(10);
    Host serverHost = simulation.network().internet().host("198.51.100.1", link);
    Host clientHost = simulation.network().internet().host("192.0.2.1", link);
    BindingServer server = new BindingServer(8);
    simulation.add(serverHost, server, server::handlePacket, e -> {});
    StunClient client = client(null);
    Simulation.Peer<StunClientEvent> driver =
        simulation.add(clientHost, client, client::handlePacket, events::add);
    List<TransactionId> ids = new ArrayList<>();
    driver.act(() -> ids.add(client.send(simulation.now(), StunMethod.BINDING, List.of())));
    assertThat(simulation.runUntil(() -> !events.isEmpty(), Duration.ofSeconds(1))).isTrue();
    assertThat(events)
        .containsExactly(
            new StunClientEvent.Succeeded(
                ids.getFirst(),
                List.of(
                    new StunAttribute.XorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, LOCAL),
                    ((StunClientEvent.Succeeded) events.getFirst()).attributes().getLast())));
    assertThat(simulation.now()).isEqualTo(Duration.ofMillis(40).toNanos());
  }

  @Test
  void aSilentServerEndsInATimeout() {
    StunClient client = client(null);
    TransactionId id = client.send(0, StunMethod.BINDING, List.of());
    int packets = 0;
    long now = 0;
    while (events.isEmpty()) {
      out.clear();
      now = Pump.run(client, now, out, events::add);
      packets += out.packetCount();
    }
    assertThat(packets).isEqualTo(7);
    assertThat(events).containsExactly(new StunClientEvent.TimedOut(id));
  }

  @Test
  void aShortTermCredentialProtectsBothWays() throws Exception {
    StunClient client = client(new StunCredential.ShortTerm("me", "secret"));
    client.send(0, StunMethod.BINDING, List.of());
    StunMessage request = parse(onlyPacket(client, 0));
    MessageIntegrity key = MessageIntegrity.sha1(LongTermKey.shortTerm("secret"));
    assertThat(key.matches(request)).isTrue();
    receive(client, 1, response(request, null));
    Pump.run(client, 1, out, events::add);
    assertThat(events).as("a response without integrity").isEmpty();
    assertThat(client.dropped()).isEqualTo(1);
    receive(client, 2, response(request, key));
    Pump.run(client, 2, out, events::add);
    assertThat(events).hasSize(1).first().isInstanceOf(StunClientEvent.Succeeded.class);
  }

  private static byte[] response(StunMessage request, @Nullable MessageIntegrity key) {
    StunMessageWriter writer =
        new StunMessageWriter()
            .startResponse(new byte[300], 0, 300, StunClass.SUCCESS_RESPONSE, request)
            .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, LOCAL);
    return key == null ? writer.toByteArray() : writer.integrity(key).toByteArray();
  }

  private static StunMessage parse(byte[] packet) throws MalformedStunException {
    return StunMessage.parse(packet, 0, packet.length);
  }

  private static final LongTermAuthenticator.Users USERS =
      new LongTermAuthenticator.Users() {
        @Override
        public @Nullable String password(String username) {
          return username.equals("me") ? "secret" : null;
        }

        @Override
        public @Nullable String usernameOf(byte[] userhash) {
          return Arrays.equals(userhash, LongTermKey.userhash("me", "example.org")) ? "me" : null;
        }
      };

  private final LongTermAuthenticator authenticator =
      new LongTermAuthenticator("example.org", USERS, Duration.ofSeconds(10), RANDOM);

  /// Answers like a server that demands authentication.
  private byte[] authenticate(long now, byte[] packet) throws Exception {
    StunMessage request = parse(packet);
    LongTermAuthenticator.Verdict verdict = authenticator.check(now, SERVER, LOCAL, request);
    MessageIntegrity key = verdict.integrity();
    if (verdict.errorCode() == 0 && key != null) {
      return response(request, key);
    }
    StunMessageWriter writer =
        new StunMessageWriter()
            .startResponse(new byte[500], 0, 500, StunClass.ERROR_RESPONSE, request)
            .error(verdict.errorCode());
    authenticator.challenge(now, SERVER, LOCAL, true, writer);
    return writer.fingerprint().toByteArray();
  }

  @Test
  void aLongTermCredentialIsUsedWhenTheServerAsksAndRenewedWhenStale() throws Exception {
    StunClient client = client(new StunCredential.LongTerm("me", "secret"));
    client.send(0, StunMethod.BINDING, List.of());
    byte[] first = onlyPacket(client, 0);
    assertThat(parse(first).has(StunAttributeType.MESSAGE_INTEGRITY_SHA256)).isFalse();
    receive(client, 1, authenticate(1, first));
    byte[] second = onlyPacket(client, 1);
    assertThat(parse(second).has(StunAttributeType.USERHASH)).isTrue();
    assertThat(parse(second).has(StunAttributeType.MESSAGE_INTEGRITY_SHA256)).isTrue();
    receive(client, 2, authenticate(2, second));
    Pump.run(client, 2, out, events::add);
    assertThat(events).hasSize(1).first().isInstanceOf(StunClientEvent.Succeeded.class);

    long later = Duration.ofSeconds(60).toNanos();
    client.send(later, StunMethod.BINDING, List.of());
    byte[] stale = authenticate(later, onlyPacket(client, later));
    assertThat(parse(stale).errorCode()).isEqualTo(438);
    receive(client, later, stale);
    receive(client, later, authenticate(later, onlyPacket(client, later)));
    Pump.run(client, later, out, events::add);
    assertThat(events).hasSize(2).last().isInstanceOf(StunClientEvent.Succeeded.class);
  }

  @Test
  void aWrongPasswordIsRefusedOnce() throws Exception {
    StunClient client = client(new StunCredential.LongTerm("me", "guess"));
    TransactionId id = client.send(0, StunMethod.BINDING, List.of());
    receive(client, 1, authenticate(1, onlyPacket(client, 0)));
    receive(client, 2, authenticate(2, onlyPacket(client, 1)));
    Pump.run(client, 2, out, events::add);
    assertThat(events).hasSize(1);
    StunClientEvent.Refused refused = (StunClientEvent.Refused) events.getFirst();
    assertThat(refused.request()).isEqualTo(id);
    assertThat(refused.errorCode()).isEqualTo(401);
  }

  @Test
  void aChallengeWhoseAlgorithmsWereRemovedOnTheWayIsNotAnswered() throws Exception {
    StunClient client = client(new StunCredential.LongTerm("me", "secret"));
    client.send(0, StunMethod.BINDING, List.of());
    StunMessage request = parse(onlyPacket(client, 0));
    byte[] stripped =
        new StunMessageWriter()
            .startResponse(new byte[500], 0, 500, StunClass.ERROR_RESPONSE, request)
            .error(401)
            .text(StunAttributeType.REALM, "example.org")
            .text(
                StunAttributeType.NONCE,
                NonceCookie.of(java.util.Set.of(NonceCookie.Feature.PASSWORD_ALGORITHMS)) + "x")
            .toByteArray();
    receive(client, 1, stripped);
    Pump.run(client, 1, out, events::add);
    assertThat(events).hasSize(1).first().isInstanceOf(StunClientEvent.Refused.class);
  }

  @Test
  void aNonceOfAnotherClientIsNotAccepted() throws Exception {
    StunClient client = client(new StunCredential.LongTerm("me", "secret"));
    client.send(0, StunMethod.BINDING, List.of());
    receive(client, 1, authenticate(1, onlyPacket(client, 0)));
    StunMessage second = parse(onlyPacket(client, 1));
    assertThat(authenticator.check(2, SERVER, LOCAL.withPort(1), second).errorCode())
        .isEqualTo(438);
    assertThat(authenticator.check(2, SERVER.withPort(1), LOCAL, second).errorCode())
        .isEqualTo(438);
    assertThat(authenticator.check(2, SERVER, LOCAL, second).errorCode()).isZero();
  }

  @Test
  void theSecurityFeaturesOfANonceAreReadFromTheLeft() {
    assertThat(NonceCookie.of(java.util.Set.of(NonceCookie.Feature.PASSWORD_ALGORITHMS)))
        .isEqualTo("obMatJos2gAAA");
    assertThat(NonceCookie.of(java.util.Set.of(NonceCookie.Feature.USERNAME_ANONYMITY)))
        .isEqualTo("obMatJos2QAAA");
    assertThat(NonceCookie.featuresOf("obMatJos2QAAAxyz"))
        .containsExactly(NonceCookie.Feature.USERNAME_ANONYMITY);
    assertThat(NonceCookie.featuresOf("obMatJos2????")).isEmpty();
    assertThat(NonceCookie.featuresOf("f//499k954d6OL34oL9FSTvy64sA")).isEmpty();
  }
}
