package org.klatsch.ice;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;

/// The server half of connectivity checks, RFC 8445 §7.3: checks requests and answers them.
final class CheckResponder {
  /// Comprehension-required attributes understood in a check, ascending.
  private static final int[] UNDERSTOOD = {
    StunAttributeType.MAPPED_ADDRESS,
    StunAttributeType.USERNAME,
    StunAttributeType.MESSAGE_INTEGRITY,
    StunAttributeType.MESSAGE_INTEGRITY_SHA256,
    StunAttributeType.USERHASH,
    StunAttributeType.XOR_MAPPED_ADDRESS,
    StunAttributeType.PRIORITY,
    StunAttributeType.USE_CANDIDATE,
  };

  /// Answers that may wait for the socket; more requests than that come only from a flood.
  private static final int MAX_QUEUED = 64;

  /// How many unknown attributes an error response lists.
  private static final int MAX_LISTED = 8;

  /// Length of the longest error response to a stranger: header, ERROR-CODE with the longest
  /// phrase, FINGERPRINT. Shorter requests get none, so that nothing is amplified.
  private static final int STRANGER_RESPONSE_LENGTH = StunMessage.HEADER_LENGTH + 24 + 8;

  private static final int[] NONE = {};

  /// An answer to be written when the socket takes it.
  ///
  /// @param session whose integrity protects it, or null for an answer to a stranger
  /// @param errorCode 0 for success
  private record Response(
      TransactionId id,
      TransportAddress local,
      TransportAddress remote,
      @Nullable IceSession session,
      int errorCode,
      int[] unknown) {}

  private final IceAgent agent;
  private final IceStatistics.Counters counters;
  private final int errorResponsesPerSecond;
  private final Queue<Response> responses = new ArrayDeque<>();
  private long errorWindowStart;
  private int errorsInWindow;

  CheckResponder(IceAgent agent, IceOptions options, IceStatistics.Counters counters) {
    this.agent = agent;
    this.counters = counters;
    this.errorResponsesPerSecond = options.errorResponsesPerSecond();
  }

  void handleRequest(long now, TransportAddress local, TransportAddress remote, StunMessage request)
      throws MalformedStunException {
    int username = request.find(StunAttributeType.USERNAME);
    if (username < 0 || !request.has(StunAttributeType.MESSAGE_INTEGRITY)) {
      counters.unknownUsername++;
      rejectStranger(now, local, remote, request, StunErrorCode.BAD_REQUEST);
      return;
    }
    IceSession session =
        agent.sessionOf(
            request.array(), request.valueOffset(username), request.valueLength(username));
    if (session == null) {
      counters.unknownUsername++;
      rejectStranger(now, local, remote, request, StunErrorCode.UNAUTHENTICATED);
      return;
    }
    if (!session.localIntegrity.matches(request)) {
      counters.wrongIntegrity++;
      rejectStranger(now, local, remote, request, StunErrorCode.UNAUTHENTICATED);
      return;
    }
    int[] unknown = request.unknownRequired(UNDERSTOOD);
    if (unknown.length > 0) {
      unknown = Arrays.copyOf(unknown, Math.min(unknown.length, MAX_LISTED));
      queue(local, remote, request, session, StunErrorCode.UNKNOWN_ATTRIBUTE, unknown);
      return;
    }
    long priority = request.u32(StunAttributeType.PRIORITY);
    if (priority < 0) {
      queue(local, remote, request, session, StunErrorCode.BAD_REQUEST, NONE);
      return;
    }
    if (hasRoleConflict(now, request)) {
      queue(local, remote, request, session, StunErrorCode.ROLE_CONFLICT, NONE);
      return;
    }
    queue(local, remote, request, session, 0, NONE);
    boolean useCandidate = request.has(StunAttributeType.USE_CANDIDATE);
    long nomination = nominationOf(request);
    CandidatePair pair =
        agent.onCheck(
            now,
            session,
            new IceSession.EarlyCheck(
                local, remote, priority, useCandidate || nomination > 0, nomination));
    agent.extension().handleAuthenticated(now, pair, request);
  }

  /// draft-thatcher-ice-renomination-01 §4: a number of 24 bits in 32.
  private static long nominationOf(StunMessage request) {
    int at = request.find(StunAttributeType.NOMINATION);
    if (at < 0 || request.valueLength(at) != 4) {
      return 0;
    }
    int value = request.valueOffset(at);
    byte[] array = request.array();
    return (array[value + 1] & 0xffL) << 16
        | (array[value + 2] & 0xffL) << 8
        | array[value + 3] & 0xffL;
  }

  /// RFC 8445 §7.3.1.1: of two agents of the same role the one with the larger tie-breaker is
  /// controlling.
  ///
  /// @return whether the peer is to change its role
  private boolean hasRoleConflict(long now, StunMessage request) throws MalformedStunException {
    boolean controlling = agent.role() == IceRole.CONTROLLING;
    int claimed =
        controlling ? StunAttributeType.ICE_CONTROLLING : StunAttributeType.ICE_CONTROLLED;
    if (!request.has(claimed)) {
      return false;
    }
    counters.roleConflicts++;
    boolean larger = Long.compareUnsigned(agent.tieBreaker(), request.i64(claimed)) >= 0;
    // A lite agent stays controlled, RFC 8445 §6.1.1.
    if (larger == controlling || agent.isLite()) {
      return true;
    }
    agent.switchRole(now, controlling ? IceRole.CONTROLLED : IceRole.CONTROLLING);
    return false;
  }

  private void queue(
      TransportAddress local,
      TransportAddress remote,
      StunMessage request,
      @Nullable IceSession session,
      int errorCode,
      int[] unknown) {
    if (responses.size() >= MAX_QUEUED) {
      counters.unanswered++;
      return;
    }
    responses.add(
        new Response(request.transactionId(), local, remote, session, errorCode, unknown));
  }

  /// An error without integrity for somebody who does not know the password, RFC 8489 §9.1.3: at
  /// most so many a second and never longer than the request.
  private void rejectStranger(
      long now, TransportAddress local, TransportAddress remote, StunMessage request, int code) {
    if (now - errorWindowStart >= 1_000_000_000L) {
      errorWindowStart = now;
      errorsInWindow = 0;
    }
    if (request.length() < STRANGER_RESPONSE_LENGTH || errorsInWindow >= errorResponsesPerSecond) {
      counters.unanswered++;
      return;
    }
    errorsInWindow++;
    queue(local, remote, request, null, code, NONE);
  }

  boolean pollTransmit(long now, TransmitBuffer out, StunMessageWriter writer) {
    Response response = responses.poll();
    if (response == null) {
      return false;
    }
    IceSession session = response.session();
    StunClass messageClass =
        response.errorCode() == 0 ? StunClass.SUCCESS_RESPONSE : StunClass.ERROR_RESPONSE;
    writer.start(out, messageClass, StunMethod.BINDING, response.id());
    if (response.errorCode() == 0) {
      writer.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, response.remote());
      CandidatePair pair =
          session == null ? null : session.checkList.find(response.local(), response.remote());
      agent.extension().writeResponse(now, pair, writer);
      if (pair != null) {
        pair.responsesSent++;
        pair.lastSentAt = now;
      }
    } else {
      writer.error(response.errorCode());
      if (response.unknown().length > 0) {
        writer.unknownAttributes(response.unknown());
      }
    }
    if (session != null) {
      writer.integrity(session.localIntegrity);
    }
    writer.fingerprint();
    out.route(response.local(), response.remote());
    out.commit(writer.length());
    return true;
  }

  void clear() {
    responses.clear();
  }
}
