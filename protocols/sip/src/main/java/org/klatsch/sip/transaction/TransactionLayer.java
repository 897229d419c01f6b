package org.klatsch.sip.transaction;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sip.Flow;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Via;

/// All transactions of one owner, RFC 3261 §17. Finds the transaction of each message, runs the
/// timers, and keeps retransmissions from the user above. One thread; no clock.
///
/// Its output is messages with flows rather than datagrams, as a message may leave by a stream or a
/// WebSocket, and a transport may have to make a connection first.
public final class TransactionLayer {
  /// Why messages were dropped.
  public enum Drop {
    /// RFC 3261 §18.1.2: no request of ours was sent with this branch.
    STRAY_RESPONSE,

    /// The answer was there already.
    LATE_RESPONSE,

    /// More than one Via: not for us, RFC 3261 §8.1.3.3.
    MISROUTED_RESPONSE,

    /// Too many transactions; requests were refused with 503.
    OVERLOAD
  }

  private record Scheduled(long deadline, Transaction transaction) {}

  private final TransactionOptions options;
  private final Tokens tokens;
  private final Map<String, ClientTransaction> clients = new HashMap<>();
  private final Map<String, ServerTransaction> servers = new HashMap<>();
  private final PriorityQueue<Scheduled> schedule =
      new PriorityQueue<>(Comparator.comparingLong(Scheduled::deadline));
  private final Queue<Outgoing> outgoing = new ArrayDeque<>();
  private final Queue<TransactionEvent> events = new ArrayDeque<>();
  private final Map<Drop, Long> drops = new EnumMap<>(Drop.class);

  public TransactionLayer(TransactionOptions options, Tokens tokens) {
    this.options = options;
    this.tokens = tokens;
  }

  TransactionOptions options() {
    return options;
  }

  /// Takes a message of this owner.
  public void handleMessage(long now, Flow flow, SipMessage message) {
    switch (message) {
      case SipRequest request -> handleRequest(now, flow, request);
      case SipResponse response -> handleResponse(now, response);
    }
  }

  /// Answers a request that could not be read, RFC 3261 §8.2; what is no request is only dropped.
  public void handleMalformed(Flow flow, MalformedSipException fault) {
    Outgoing refusal = StatelessResponses.refusal(flow, fault, tokens.tag());
    if (refusal != null) {
      outgoing.add(refusal);
    }
  }

  private void handleRequest(long now, Flow flow, SipRequest request) {
    String key = key(request);
    ServerTransaction known = servers.get(key);
    if (request.is(SipRequest.ACK)) {
      if (known != null && known.state() == Transaction.State.COMPLETED) {
        known.handleAck(now);
        schedule(known);
      } else if (known == null || known.state() != Transaction.State.CONFIRMED) {
        events.add(new TransactionEvent.AckArrived(flow, request));
      }
      return;
    }
    if (known != null) {
      known.handleRetransmission();
      return;
    }
    StatelessResponses.stamp(request, flow);
    if (clients.size() + servers.size() >= options.maxTransactions()) {
      count(Drop.OVERLOAD);
      SipResponse refusal = request.response(SipStatus.SERVICE_UNAVAILABLE);
      outgoing.add(StatelessResponses.of(request, flow, refusal, tokens.tag()));
      return;
    }
    ServerTransaction transaction =
        new ServerTransaction(
            this, flow, StatelessResponses.responseFlow(request, flow), request, key);
    servers.put(key, transaction);
    transaction.start(now);
    schedule(transaction);
    if (request.is(SipRequest.CANCEL)) {
      handleCancel(now, transaction);
    } else {
      events.add(new TransactionEvent.RequestArrived(transaction));
    }
  }

  /// RFC 3261 §9.2.
  private void handleCancel(long now, ServerTransaction cancel) {
    ServerTransaction invite = servers.get(key(cancel.request(), SipRequest.INVITE));
    SipResponse response =
        cancel.request().response(invite == null ? SipStatus.CALL_DOES_NOT_EXIST : SipStatus.OK);
    NameAddr to = response.to();
    if (to.tag() == null) {
      String tag = invite == null ? null : invite.localTag();
      response.set(SipHeader.TO, to.withTag(tag == null ? tokens.tag() : tag));
    }
    respond(now, cancel, response);
    if (invite != null && !invite.isAnswered()) {
      events.add(new TransactionEvent.Cancelled(invite, cancel.request()));
    }
  }

  /// RFC 3261 §17.2.3: the branch when it is unique, else all that makes up a transaction of RFC
  /// 2543.
  private static String key(SipRequest request) {
    return key(request, request.is(SipRequest.ACK) ? SipRequest.INVITE : request.method());
  }

  private static String key(SipRequest request, String method) {
    Via via = request.via();
    HostPort sentBy = via.sentBy();
    String host = sentBy.host().toLowerCase(Locale.ROOT) + ":" + sentBy.port();
    if (via.hasUniqueBranch()) {
      return method + " " + via.branch() + " " + host;
    }
    return method
        + " "
        + request.uri()
        + " "
        + request.callId()
        + " "
        + request.from().tag()
        + " "
        + request.cseq().number()
        + " "
        + host
        + " "
        + via.branch();
  }

  private void handleResponse(long now, SipResponse response) {
    if (response.values("Via").size() != 1) {
      count(Drop.MISROUTED_RESPONSE);
      return;
    }
    ClientTransaction transaction = clients.get(clientKey(response));
    if (transaction == null || !transaction.matches(response)) {
      count(Drop.STRAY_RESPONSE);
      return;
    }
    transaction.handleResponse(now, response);
    schedule(transaction);
  }

  private static String clientKey(SipResponse response) {
    return response.cseq().method() + " " + response.via().branch();
  }

  private static String clientKey(ClientTransaction transaction) {
    return transaction.request().method() + " " + transaction.branch();
  }

  /// Sends a request and waits for its response. A Via is put on top; the request must not be
  /// changed afterwards.
  ///
  /// @param sentBy where responses reach this side, as the transport says for the flow
  public ClientTransaction send(long now, Flow flow, SipRequest request, HostPort sentBy) {
    if (request.is(SipRequest.ACK) || request.is(SipRequest.CANCEL)) {
      throw new IllegalArgumentException(request.method() + " begins no transaction of its own");
    }
    if (clients.size() + servers.size() >= options.maxTransactions()) {
      throw new IllegalStateException(
          "more than " + options.maxTransactions() + " transactions at one time");
    }
    ClientTransaction transaction =
        new ClientTransaction(this, flow, request, addVia(flow, request, sentBy));
    start(now, transaction);
    return transaction;
  }

  /// Sends a request without waiting: the ACK of a 2xx, RFC 3261 §13.2.2.4.
  public void sendAck(Flow flow, SipRequest ack, HostPort sentBy) {
    addVia(flow, ack, sentBy);
    transmit(flow, ack);
  }

  private String addVia(Flow flow, SipRequest request, HostPort sentBy) {
    String branch = tokens.branch();
    Via via = Via.of(flow.transport(), sentBy, branch);
    // RFC 3581 §3: answers come back to the port this was sent from.
    request.addFirst(
        SipHeader.VIA, new Via(via.transport(), sentBy, via.parameters().withFlag("rport")));
    return branch;
  }

  void start(long now, ClientTransaction transaction) {
    clients.put(clientKey(transaction), transaction);
    transaction.start(now);
    schedule(transaction);
  }

  /// Gives up an INVITE, RFC 3261 §9.1. Its final response still comes: 487, or a 2xx that was
  /// faster.
  public void cancel(long now, ClientTransaction invite) {
    invite.cancel(now);
    schedule(invite);
  }

  /// Answers a request. The response must not be changed afterwards.
  public void respond(long now, ServerTransaction transaction, SipResponse response) {
    transaction.respond(now, response);
    schedule(transaction);
  }

  /// A connection is gone or could not be made: requests waiting there have failed.
  public void handleFlowFailed(Flow flow) {
    List<ClientTransaction> failed = new ArrayList<>();
    for (ClientTransaction transaction : clients.values()) {
      if (transaction.flow().isSame(flow)) {
        failed.add(transaction);
      }
    }
    failed.forEach(ClientTransaction::handleSendFailure);
  }

  /// One message could not be sent.
  public void handleSendFailure(Outgoing failed) {
    if (failed.message() instanceof SipRequest request) {
      ClientTransaction transaction = clients.get(request.method() + " " + request.via().branch());
      if (transaction != null) {
        transaction.handleSendFailure();
      }
    }
  }

  public void handleTimeout(long now) {
    while (!schedule.isEmpty() && schedule.peek().deadline <= now) {
      Scheduled due = schedule.remove();
      Transaction transaction = due.transaction;
      if (transaction.scheduled != due.deadline) {
        continue; // An earlier deadline has been put in since.
      }
      transaction.scheduled = ProtocolCore.NEVER;
      Transaction.Timer timer = transaction.timers.pollExpired(now);
      if (timer != null) {
        // Of several due timers each may end the transaction: one at a time.
        transaction.handleTimer(now, timer);
      }
      schedule(transaction);
    }
  }

  public long nextTimeout() {
    while (!schedule.isEmpty()) {
      Scheduled next = schedule.peek();
      if (next.transaction.scheduled == next.deadline) {
        return next.deadline;
      }
      schedule.remove();
    }
    return ProtocolCore.NEVER;
  }

  private void schedule(Transaction transaction) {
    long next = transaction.timers.next();
    if (next != ProtocolCore.NEVER && next < transaction.scheduled) {
      transaction.scheduled = next;
      schedule.add(new Scheduled(next, transaction));
    }
  }

  void forget(Transaction transaction) {
    switch (transaction) {
      case ClientTransaction client -> clients.remove(clientKey(client), client);
      case ServerTransaction server -> servers.remove(server.key(), server);
    }
    transaction.scheduled = ProtocolCore.NEVER;
  }

  void transmit(Flow flow, SipMessage message) {
    outgoing.add(new Outgoing(flow, message));
  }

  void emit(TransactionEvent event) {
    events.add(event);
  }

  void count(Drop reason) {
    drops.merge(reason, 1L, Long::sum);
  }

  /// The next message to send; null when there is none.
  public @Nullable Outgoing pollMessage() {
    return outgoing.poll();
  }

  /// The next event, oldest first; null when there is none.
  public @Nullable TransactionEvent pollEvent() {
    return events.poll();
  }

  /// How many messages were dropped for a reason.
  public long drops(Drop reason) {
    return drops.getOrDefault(reason, 0L);
  }

  /// Transactions that are not over yet, those that only absorb retransmissions included.
  public int size() {
    return clients.size() + servers.size();
  }
}
