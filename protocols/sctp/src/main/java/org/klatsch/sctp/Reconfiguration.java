package org.klatsch.sctp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.SerialNumbers;
import org.klatsch.sctp.packet.ReConfigChunk;
import org.klatsch.sctp.packet.ReConfigParameter;
import org.klatsch.sctp.packet.ReConfigParameter.AddIncoming;
import org.klatsch.sctp.packet.ReConfigParameter.AddOutgoing;
import org.klatsch.sctp.packet.ReConfigParameter.IncomingReset;
import org.klatsch.sctp.packet.ReConfigParameter.OutgoingReset;
import org.klatsch.sctp.packet.ReConfigParameter.Response;
import org.klatsch.sctp.packet.ReConfigParameter.SsnTsnReset;
import org.klatsch.sctp.rx.DataReceiver;
import org.klatsch.sctp.tx.DataSender;
import org.klatsch.sctp.tx.RetransmissionTimeout;
import org.klatsch.sctp.tx.SendQueue;

/// Stream reconfiguration, RFC 6525. One request of ours is under way at a time.
final class Reconfiguration {
  /// Streams named by one request; a longer list goes in several.
  private static final int MAX_STREAMS_PER_REQUEST = 256;

  private final SendQueue queue;
  private final DataSender sender;
  private final DataReceiver receiver;
  private final RetransmissionTimeout rto;
  private final ControlQueue control;
  private final Host host;

  /// Streams to be reset once all their messages are sent.
  private final Set<Integer> pendingResets = new LinkedHashSet<>();

  private int pendingOutgoing;
  private int pendingIncoming;
  private int nextRequestNumber;
  private @Nullable ReConfigParameter request;
  private int requestNumber;
  private long deadline = ProtocolCore.NEVER;
  private int attempts;

  /// Request number the peer will use next, RFC 6525 §5.2.1.
  private int expectedRequest;

  private int lastResult = Response.NOTHING_TO_DO;

  /// The peer's reset that waits for data still missing, RFC 6525 §5.2.2 E2.
  private @Nullable OutgoingReset deferred;

  /// Number of the peer's Incoming SSN Reset Request that our next request answers, -1 + expected
  /// when none.
  private @Nullable Integer answeredRequest;

  private boolean enabled;

  /// What the association provides.
  interface Host {
    void emit(SctpEvent event);

    int outgoingStreams();

    int incomingStreams();

    void streams(int outgoing, int incoming);

    int maxIncomingStreams();

    /// A request was not answered; the path may be dead.
    void countError(long now);
  }

  Reconfiguration(
      SendQueue queue,
      DataSender sender,
      DataReceiver receiver,
      RetransmissionTimeout rto,
      ControlQueue control,
      Host host) {
    this.queue = queue;
    this.sender = sender;
    this.receiver = receiver;
    this.rto = rto;
    this.control = control;
    this.host = host;
  }

  /// Begins with a new association.
  void start(int localInitialTsn, int peerInitialTsn, boolean supportedByPeer) {
    // RFC 6525 §5.1.1, §5.2.1: numbers begin with the initial TSNs.
    nextRequestNumber = localInitialTsn;
    expectedRequest = peerInitialTsn;
    enabled = supportedByPeer;
    request = null;
    deferred = null;
    answeredRequest = null;
    deadline = ProtocolCore.NEVER;
    lastResult = Response.NOTHING_TO_DO;
  }

  void clear() {
    pendingResets.clear();
    pendingOutgoing = 0;
    pendingIncoming = 0;
    deadline = ProtocolCore.NEVER;
    request = null;
  }

  void resetOutgoing(int[] streamIds) {
    for (int id : streamIds) {
      pendingResets.add(id);
    }
  }

  void addStreams(int outgoing, int incoming) {
    pendingOutgoing += outgoing;
    pendingIncoming += incoming;
  }

  long nextTimeout() {
    return deadline;
  }

  void handleTimeout(long now) {
    if (deadline > now || request == null) {
      return;
    }
    if (++attempts > 1) {
      host.countError(now);
    }
    rto.backOff();
    send(now, request);
  }

  /// Sends the next request if there is one and none is under way. Called before packets are built.
  void poll(long now) {
    if (request != null
        || pendingResets.isEmpty() && pendingOutgoing == 0 && pendingIncoming == 0) {
      return;
    }
    if (!enabled) {
      refusePending();
      return;
    }
    int[] ready = takeReady();
    if (ready.length > 0) {
      Integer answered = answeredRequest;
      answeredRequest = null;
      begin(
          now,
          new OutgoingReset(
              nextRequestNumber,
              answered == null ? expectedRequest - 1 : answered,
              sender.nextTsn() - 1,
              ready));
    } else if (pendingOutgoing > 0) {
      begin(now, new AddOutgoing(nextRequestNumber, pendingOutgoing));
    } else if (pendingIncoming > 0) {
      begin(now, new AddIncoming(nextRequestNumber, pendingIncoming));
    }
  }

  private void refusePending() {
    if (!pendingResets.isEmpty()) {
      List<Integer> ids = List.copyOf(pendingResets);
      pendingResets.clear();
      host.emit(new SctpEvent.OutgoingStreamsReset(ids, false));
    }
    pendingOutgoing = 0;
    pendingIncoming = 0;
  }

  private int[] takeReady() {
    int[] ready = new int[Math.min(pendingResets.size(), MAX_STREAMS_PER_REQUEST)];
    int count = 0;
    Iterator<Integer> iterator = pendingResets.iterator();
    while (iterator.hasNext() && count < ready.length) {
      int id = iterator.next();
      if (!queue.hasMessages(id)) {
        queue.paused(id, true);
        ready[count++] = id;
        iterator.remove();
      }
    }
    return Arrays.copyOf(ready, count);
  }

  private void begin(long now, ReConfigParameter parameter) {
    request = parameter;
    requestNumber = nextRequestNumber++;
    attempts = 0;
    send(now, parameter);
  }

  private void send(long now, ReConfigParameter parameter) {
    control.add(new ReConfigChunk(List.of(parameter)).encode());
    deadline = now + rto.rto();
  }

  void handleChunk(long now, ReConfigChunk chunk) {
    List<ReConfigParameter> answers = new ArrayList<>(2);
    for (ReConfigParameter parameter : chunk.parameters()) {
      switch (parameter) {
        case OutgoingReset p -> {
          answerIfOurs(now, p.responseNumber());
          answers.add(new Response(p.requestNumber(), handleOutgoingReset(p)));
        }
        case IncomingReset p -> {
          int result = handleIncomingReset(p);
          if (result != Response.PERFORMED) {
            answers.add(new Response(p.requestNumber(), result));
          }
        }
        case SsnTsnReset p ->
            answers.add(
                new Response(p.requestNumber(), inSequence(p.requestNumber(), Response.DENIED)));
        case AddOutgoing p -> answers.add(new Response(p.requestNumber(), handleAddOutgoing(p)));
        case AddIncoming p -> answers.add(new Response(p.requestNumber(), handleAddIncoming(p)));
        case Response p -> handleResponse(now, p);
      }
    }
    if (!answers.isEmpty()) {
      control.add(new ReConfigChunk(answers).encode());
    }
  }

  /// Takes a request number; a repeated request gets the same answer again, RFC 6525 §5.2.1.
  private int inSequence(int number, int result) {
    if (number == expectedRequest) {
      expectedRequest++;
      lastResult = result;
      return result;
    }
    return number == expectedRequest - 1 ? lastResult : Response.BAD_SEQUENCE_NUMBER;
  }

  private int handleOutgoingReset(OutgoingReset reset) {
    if (reset.requestNumber() == expectedRequest - 1) {
      return lastResult;
    }
    if (reset.requestNumber() != expectedRequest) {
      return Response.BAD_SEQUENCE_NUMBER;
    }
    for (int id : reset.streamIds()) {
      if (id >= host.incomingStreams()) {
        return inSequence(reset.requestNumber(), Response.WRONG_SSN);
      }
    }
    if (SerialNumbers.isLess(receiver.cumulativeTsn(), reset.lastTsn())) {
      deferred = reset;
      return inSequence(reset.requestNumber(), Response.IN_PROGRESS);
    }
    int result = inSequence(reset.requestNumber(), Response.PERFORMED);
    perform(reset);
    return result;
  }

  /// Performs a deferred reset once the data before it has arrived, and says so at once.
  void handleCumulativeTsnAdvanced() {
    OutgoingReset reset = deferred;
    if (reset == null || SerialNumbers.isLess(receiver.cumulativeTsn(), reset.lastTsn())) {
      return;
    }
    deferred = null;
    lastResult = Response.PERFORMED;
    perform(reset);
    control.add(
        new ReConfigChunk(List.of(new Response(reset.requestNumber(), Response.PERFORMED)))
            .encode());
  }

  private void perform(OutgoingReset reset) {
    receiver.handleStreamsReset(reset.streamIds());
    host.emit(
        new SctpEvent.IncomingStreamsReset(Arrays.stream(reset.streamIds()).boxed().toList()));
  }

  private int handleIncomingReset(IncomingReset reset) {
    if (reset.streamIds().length == 0) {
      return inSequence(reset.requestNumber(), Response.DENIED);
    }
    for (int id : reset.streamIds()) {
      if (id >= host.outgoingStreams()) {
        return inSequence(reset.requestNumber(), Response.WRONG_SSN);
      }
    }
    boolean repeated = reset.requestNumber() == expectedRequest - 1;
    int result = inSequence(reset.requestNumber(), Response.PERFORMED);
    if (result == Response.PERFORMED && !repeated) {
      // RFC 6525 §5.2.3: our own request is the answer.
      answeredRequest = reset.requestNumber();
      resetOutgoing(reset.streamIds());
    }
    return result;
  }

  private int handleAddOutgoing(AddOutgoing add) {
    int total = host.incomingStreams() + add.count();
    boolean fresh = add.requestNumber() == expectedRequest;
    boolean possible = add.count() > 0 && total <= host.maxIncomingStreams();
    int result = inSequence(add.requestNumber(), possible ? Response.PERFORMED : Response.DENIED);
    if (fresh && possible) {
      host.streams(host.outgoingStreams(), total);
    }
    return result;
  }

  private int handleAddIncoming(AddIncoming add) {
    boolean fresh = add.requestNumber() == expectedRequest;
    boolean possible = add.count() > 0 && host.outgoingStreams() + add.count() <= 0xffff;
    int result = inSequence(add.requestNumber(), possible ? Response.PERFORMED : Response.DENIED);
    if (fresh && possible) {
      // RFC 6525 §5.2.6: the streams are ours to add.
      pendingOutgoing += add.count();
    }
    return result;
  }

  private void answerIfOurs(long now, int responseNumber) {
    if (request instanceof IncomingReset && responseNumber == requestNumber) {
      finish(now, Response.PERFORMED);
    }
  }

  private void handleResponse(long now, Response response) {
    if (request == null || response.responseNumber() != requestNumber) {
      return;
    }
    if (response.result() == Response.IN_PROGRESS
        || response.result() == Response.REQUEST_IN_PROGRESS) {
      // RFC 6525 §5.2.7: ask again later, and the peer is alive.
      attempts = 0;
      deadline = now + rto.rto();
      return;
    }
    finish(now, response.result());
  }

  private void finish(long now, int result) {
    ReConfigParameter done = request;
    request = null;
    deadline = ProtocolCore.NEVER;
    boolean performed = result == Response.PERFORMED || result == Response.NOTHING_TO_DO;
    switch (done) {
      case OutgoingReset reset -> {
        for (int id : reset.streamIds()) {
          if (performed) {
            queue.resetSequence(id);
          }
          queue.paused(id, false);
        }
        host.emit(
            new SctpEvent.OutgoingStreamsReset(
                Arrays.stream(reset.streamIds()).boxed().toList(), performed));
      }
      case AddOutgoing add -> {
        pendingOutgoing -= add.count();
        if (performed) {
          host.streams(
              Math.min(0xffff, host.outgoingStreams() + add.count()), host.incomingStreams());
        }
      }
      case AddIncoming add -> pendingIncoming -= add.count();
      case null, default -> {}
    }
    poll(now);
  }
}
