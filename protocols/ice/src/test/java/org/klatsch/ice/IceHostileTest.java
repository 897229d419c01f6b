package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MessageIntegrity;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;

/// What strangers and odd peers send.
class IceHostileTest {
  private static final TransportAddress LOCAL = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress PEER = TransportAddress.parse("192.0.2.2", 6000);
  private static final TransportAddress STRANGER = TransportAddress.parse("192.0.2.66", 6666);
  private static final IceCredentials REMOTE =
      new IceCredentials("peer", "peer-password-of-24-char");

  private final IceAgent agent =
      new IceAgent(IceOptions.DEFAULT.withCaps(20, 30), new SeededSecureRandom(1));
  private final TransmitBuffer out = new TransmitBuffer(64, 1500);
  private long nextId = 1;

  @BeforeEach
  void start() {
    agent.addLocalAddress(0, LOCAL, NetworkKind.ETHERNET, 0);
    agent.startGathering(0);
    agent.setRole(0, IceRole.CONTROLLED);
    agent.setRemoteParameters(0, REMOTE.ufrag(), REMOTE.password(), false, Set.of());
  }

  private byte[] check(String password, Consumer<StunMessageWriter> more) {
    return request(agent.credentials().ufrag() + ":peer", password, more);
  }

  private byte[] request(String username, String password, Consumer<StunMessageWriter> more) {
    StunMessageWriter writer =
        new StunMessageWriter()
            .start(
                new byte[1400],
                0,
                1400,
                StunClass.REQUEST,
                StunMethod.BINDING,
                new TransactionId(7, nextId++))
            .text(StunAttributeType.USERNAME, username)
            .u64(StunAttributeType.ICE_CONTROLLING, 5)
            .u32(StunAttributeType.PRIORITY, 1_862_270_975L);
    more.accept(writer);
    return writer.integrity(key(password)).fingerprint().toByteArray();
  }

  private static MessageIntegrity key(String password) {
    return MessageIntegrity.sha1(password.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void receive(long now, TransportAddress from, byte[] packet) {
    agent.handlePacket(now, LOCAL, from, 0, packet, 0, packet.length);
  }

  /// Drains the agent and returns what it sends to an address.
  private List<StunMessage> sent(long now, TransportAddress to) throws Exception {
    out.clear();
    agent.handleTimeout(now);
    while (agent.pollTransmit(now, out)) {}
    List<StunMessage> messages = new java.util.ArrayList<>();
    for (int i = 0; i < out.packetCount(); i++) {
      if (to.equals(out.packetRemote(i))) {
        int offset = out.packetOffset(i);
        byte[] copy = Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i));
        messages.add(StunMessage.parse(copy, 0, copy.length));
      }
    }
    return messages;
  }

  private byte[] successFor(StunMessage check, TransportAddress mapped, String password) {
    return new StunMessageWriter()
        .startResponse(new byte[200], 0, 200, StunClass.SUCCESS_RESPONSE, check)
        .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, mapped)
        .integrity(key(password))
        .fingerprint()
        .toByteArray();
  }

  @Test
  void aForgedResponseChangesNothingAndTheTrueOneStillCounts() throws Exception {
    agent.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.2", 6000));
    StunMessage check = sent(0, PEER).getFirst();
    receive(1, PEER, successFor(check, LOCAL, "a-guessed-password-of-24"));
    assertThat(agent.selectedPair()).isNull();
    assertThat(agent.statistics().wrongIntegrity()).isEqualTo(1);
    receive(2, PEER, successFor(check, LOCAL, REMOTE.password()));
    assertThat(agent.selectedPair()).isNotNull();
  }

  @Test
  void aResponseFromElsewhereFailsThePair() throws Exception {
    agent.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.2", 6000));
    StunMessage check = sent(0, PEER).getFirst();
    receive(1, STRANGER, successFor(check, LOCAL, REMOTE.password()));
    assertThat(agent.statistics().asymmetric()).isEqualTo(1);
    assertThat(agent.pairs().getFirst().state()).isEqualTo(CandidatePair.State.FAILED);
  }

  @Test
  void aResponseNobodyAskedForIsCounted() {
    byte[] response =
        new StunMessageWriter()
            .start(
                new byte[200],
                0,
                200,
                StunClass.SUCCESS_RESPONSE,
                StunMethod.BINDING,
                new TransactionId(1, 2))
            .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, LOCAL)
            .integrity(key(REMOTE.password()))
            .fingerprint()
            .toByteArray();
    receive(0, PEER, response);
    assertThat(agent.statistics().unexpected()).isEqualTo(1);
  }

  @Test
  void aRequestWithAWrongPasswordIsRejectedAndLeavesNoTrace() throws Exception {
    receive(0, STRANGER, check("a-guessed-password-of-24", w -> {}));
    List<StunMessage> answers = sent(0, STRANGER);
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().errorCode()).isEqualTo(401);
    assertThat(agent.pairs()).isEmpty();
    assertThat(agent.remoteCandidates()).isEmpty();
    assertThat(agent.isKnownRemote(LOCAL, STRANGER)).isFalse();
    assertThat(agent.statistics().wrongIntegrity()).isEqualTo(1);
  }

  @Test
  void aGuessedFragmentGetsTheSameAnswerAsAWrongPassword() throws Exception {
    receive(0, STRANGER, request("guess:peer", "a-guessed-password-of-24", w -> {}));
    receive(0, STRANGER, check("a-guessed-password-of-24", w -> {}));
    List<StunMessage> answers = sent(0, STRANGER);
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).length()).isEqualTo(answers.get(1).length());
    assertThat(answers.get(0).errorCode()).isEqualTo(answers.get(1).errorCode());
    assertThat(agent.statistics().unknownUsername()).isEqualTo(1);
  }

  @Test
  void strangersNeverGetMoreBytesThanTheySendNorMoreAnswersThanTheCap() throws Exception {
    byte[] bare =
        new StunMessageWriter()
            .start(
                new byte[100],
                0,
                100,
                StunClass.REQUEST,
                StunMethod.BINDING,
                new TransactionId(1, 2))
            .toByteArray();
    receive(0, STRANGER, bare);
    assertThat(sent(0, STRANGER)).as("shorter than any answer").isEmpty();
    int answers = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] request = check("a-guessed-password-of-24", w -> {});
      receive(i, STRANGER, request);
      for (StunMessage answer : sent(i, STRANGER)) {
        answers++;
        assertThat(answer.length()).isLessThanOrEqualTo(request.length);
      }
    }
    assertThat(answers).isEqualTo(IceOptions.DEFAULT.errorResponsesPerSecond());
    assertThat(agent.statistics().unanswered()).isEqualTo(1 + 1000 - answers);
  }

  @Test
  void aDamagedFingerprintIsDropped() {
    byte[] request = check(agent.credentials().password(), w -> {});
    request[request.length - 1] ^= 1;
    receive(0, PEER, request);
    assertThat(agent.statistics().wrongFingerprint()).isEqualTo(1);
    assertThat(agent.pairs()).isEmpty();
  }

  @Test
  void unknownRequiredAttributesAreAnsweredWithTheirList() throws Exception {
    receive(0, PEER, check(agent.credentials().password(), w -> w.flag(0x7abc).flag(0x9abc)));
    StunMessage answer = sent(0, PEER).getFirst();
    assertThat(answer.errorCode()).isEqualTo(420);
    assertThat(answer.bytes(StunAttributeType.UNKNOWN_ATTRIBUTES))
        .containsExactly(0x7a, (byte) 0xbc);
    assertThat(key(agent.credentials().password()).matches(answer)).isTrue();
    assertThat(agent.pairs()).isEmpty();
  }

  @Test
  void aFloodOfCandidatesMakesNoMorePairsThanTheCap() {
    for (int port = 1; port <= 5000; port++) {
      agent.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.2", port));
    }
    assertThat(agent.remoteCandidates()).hasSize(20);
    assertThat(agent.pairs()).hasSize(20);
    for (int port = 6001; port <= 8000; port++) {
      receive(0, PEER.withPort(port), check(agent.credentials().password(), w -> {}));
    }
    assertThat(agent.remoteCandidates()).hasSize(40);
    assertThat(agent.pairs()).hasSize(30);
    assertThat(agent.statistics().candidatesDropped()).isGreaterThan(4000);
    assertThat(agent.statistics().pairsDropped()).isPositive();
  }

  @Test
  void aFloodOfNamesAsksForNoMoreThanTheCap() {
    IceAgentTest.drain(agent);
    for (int i = 0; i < 1000; i++) {
      agent.addRemoteCandidate(
          0, IceAgentTest.candidateAt("192.0.2.2", 6000).withHost("name" + i + ".local"));
    }
    assertThat(IceAgentTest.drain(agent)).hasSize(20);
  }

  @Test
  void checksBeforeTheParametersAreKeptUpToTheCap() throws Exception {
    IceAgent early = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(2));
    early.addLocalAddress(0, LOCAL, NetworkKind.ETHERNET, 0);
    early.startGathering(0);
    for (int port = 1; port <= 100; port++) {
      byte[] check =
          request(early.credentials().ufrag() + ":peer", early.credentials().password(), w -> {});
      early.handlePacket(0, LOCAL, PEER.withPort(port), 0, check, 0, check.length);
    }
    assertThat(early.statistics().earlyChecksDropped()).isEqualTo(100 - 16);
    early.setRemoteParameters(0, REMOTE.ufrag(), REMOTE.password(), false, Set.of());
    assertThat(early.pairs()).hasSize(16);
  }

  @Test
  void arbitraryPacketsAreCountedAndDropped() {
    for (int length = 0; length < 64; length++) {
      receive(0, STRANGER, new byte[length]);
    }
    assertThat(agent.statistics().malformed()).isEqualTo(64);
  }

  @Test
  void packetsForAnAddressOfNobodyAreDropped() {
    byte[] check = check(agent.credentials().password(), w -> {});
    agent.handlePacket(0, LOCAL.withPort(1), PEER, 0, check, 0, check.length);
    assertThat(agent.statistics().unknownLocalAddress()).isEqualTo(1);
  }

  private void answerChecks(long now, TransportAddress remote) throws Exception {
    for (StunMessage message : sent(now, remote)) {
      if (message.messageClass() == StunClass.REQUEST) {
        receive(now, remote, successFor(message, LOCAL, REMOTE.password()));
      }
    }
  }

  /// Makes a pair valid by answering its check.
  private CandidatePair validPair(long now, TransportAddress remote, boolean useCandidate)
      throws Exception {
    receive(
        now,
        remote,
        check(
            agent.credentials().password(),
            w -> {
              if (useCandidate) {
                w.flag(StunAttributeType.USE_CANDIDATE);
              }
            }));
    answerChecks(now, remote);
    return agent.pairs().stream()
        .filter(pair -> pair.remoteAddress().equals(remote))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ofAggressiveNominationsTheHighestPriorityWins() throws Exception {
    agent.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.3", 6000));
    TransportAddress better = TransportAddress.parse("192.0.2.3", 6000);
    CandidatePair first = validPair(0, PEER, true);
    assertThat(agent.selectedPair()).isSameAs(first);
    CandidatePair second = validPair(10_000_000, better, true);
    assertThat(second.priority()).isGreaterThan(first.priority());
    assertThat(agent.selectedPair()).isSameAs(second);
    validPair(20_000_000, PEER, true);
    assertThat(agent.selectedPair()).isSameAs(second);
  }

  @Test
  void aHigherNominationNumberWinsOverPriority() throws Exception {
    agent.addRemoteCandidate(0, IceAgentTest.candidateAt("192.0.2.3", 6000));
    TransportAddress better = TransportAddress.parse("192.0.2.3", 6000);
    CandidatePair high = validPair(0, better, true);
    CandidatePair low = validPair(10_000_000, PEER, false);
    assertThat(agent.selectedPair()).isSameAs(high);
    receive(
        20_000_000,
        PEER,
        check(
            agent.credentials().password(),
            w -> w.flag(StunAttributeType.USE_CANDIDATE).u32(StunAttributeType.NOMINATION, 2)));
    assertThat(agent.selectedPair()).as("its own check is not answered yet").isSameAs(high);
    answerChecks(20_000_000, PEER);
    assertThat(agent.selectedPair()).isSameAs(low);
    receive(
        30_000_000,
        better,
        check(
            agent.credentials().password(),
            w -> w.flag(StunAttributeType.USE_CANDIDATE).u32(StunAttributeType.NOMINATION, 1)));
    assertThat(agent.selectedPair()).as("an older nomination").isSameAs(low);
  }

  @Test
  void aConflictIsWonByTheLargerTieBreaker() throws Exception {
    agent.setRole(0, IceRole.CONTROLLING);
    long ours = agent.tieBreaker();
    // 5, the tie-breaker of the check, is smaller: the peer is told to change.
    assertThat(Long.compareUnsigned(ours, 5)).isPositive();
    receive(0, PEER, check(agent.credentials().password(), w -> {}));
    assertThat(sent(0, PEER).getFirst().errorCode()).isEqualTo(487);
    assertThat(agent.role()).isEqualTo(IceRole.CONTROLLING);
  }

  @Test
  void theUserNameFragmentIsFoundInACheckAndNowhereElse() {
    byte[] check = check("a-guessed-password-of-24", w -> {});
    assertThat(IceUsername.localFragment(check, 0, check.length))
        .isEqualTo(agent.credentials().ufrag());
    byte[] shifted = new byte[check.length + 9];
    System.arraycopy(check, 0, shifted, 9, check.length);
    assertThat(IceUsername.localFragment(shifted, 9, check.length))
        .isEqualTo(agent.credentials().ufrag());
    assertThat(IceUsername.localFragment(check, 0, check.length - 4)).isNull();
    byte[] response = check.clone();
    response[0] = 1;
    assertThat(IceUsername.localFragment(response, 0, response.length)).isNull();
    byte[] cut = check.clone();
    cut[23] = (byte) 0xff;
    assertThat(IceUsername.localFragment(cut, 0, cut.length)).isNull();
  }
}
