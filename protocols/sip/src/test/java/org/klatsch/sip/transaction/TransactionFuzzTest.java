package org.klatsch.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Uri;

/// Two layers joined by a network that the fuzzer rules: it sends, answers, cancels, loses, repeats
/// and delays. Whatever it does, every transaction ends and each request has one outcome.
class TransactionFuzzTest {
  private static final Flow FLOW =
      Flow.to(SipTransport.UDP, TransportAddress.parse("192.0.2.2", 5060));
  private static final HostPort HERE = new HostPort("192.0.2.2", 5060);
  private static final String[] METHODS = {"INVITE", "OPTIONS", "BYE", "REGISTER"};
  private static final int[] STATUSES = {100, 180, 183, 200, 302, 404, 486, 603};

  private final TransactionLayer client =
      new TransactionLayer(TransactionOptions.DEFAULT, new Tokens(new Random(1)));
  private final TransactionLayer server =
      new TransactionLayer(TransactionOptions.DEFAULT, new Tokens(new Random(2)));
  private final List<ClientTransaction> sent = new ArrayList<>();
  private final List<ServerTransaction> arrived = new ArrayList<>();
  private final List<Outgoing> wire = new ArrayList<>();
  private long now;

  @FuzzTest
  void survives(byte[] data) {
    for (int i = 0; i + 1 < data.length && i < 400; i += 2) {
      step(data[i] & 0xff, data[i + 1] & 0xff);
      drain();
    }
    for (int i = 0; i < 10_000 && client.nextTimeout() != ProtocolCore.NEVER; i++) {
      now = client.nextTimeout();
      client.handleTimeout(now);
      drain();
      if (client.nextTimeout() <= now) {
        throw new AssertionError("a deadline does not move on: " + now);
      }
    }
    for (int i = 0; i < 10_000 && server.nextTimeout() != ProtocolCore.NEVER; i++) {
      now = Math.max(now, server.nextTimeout());
      server.handleTimeout(now);
    }
    long unanswered =
        sent.stream()
            .filter(t -> t.state() == Transaction.State.PROCEEDING && t.request().is("INVITE"))
            .count();
    assertThat((long) client.size()).as("only ringing calls stay").isEqualTo(unanswered);
  }

  private void step(int what, int which) {
    switch (what % 8) {
      case 0 -> {
        if (sent.size() < 32) {
          NameAddr from = NameAddr.of(Uri.of("sip:a@b")).withTag("1");
          SipRequest request =
              SipRequest.of(
                  METHODS[which % METHODS.length],
                  Uri.of("sip:c@d"),
                  from,
                  NameAddr.of(Uri.of("sip:c@d")),
                  "call" + which,
                  sent.size() + 1L);
          sent.add(client.send(now, FLOW, request, HERE));
        }
      }
      case 1 -> {
        if (!arrived.isEmpty()) {
          ServerTransaction transaction = arrived.get(which % arrived.size());
          if (!transaction.isAnswered()) {
            var response = transaction.request().response(STATUSES[which / 8 % STATUSES.length]);
            response.set(SipHeader.TO, response.to().withTag("t" + which));
            server.respond(now, transaction, response);
          }
        }
      }
      case 2 -> {
        if (!sent.isEmpty()) {
          ClientTransaction transaction = sent.get(which % sent.size());
          if (transaction.request().is("INVITE")) {
            client.cancel(now, transaction);
          }
        }
      }
      case 3 -> {
        now += which * 50_000_000L;
        client.handleTimeout(now);
        server.handleTimeout(now);
      }
      case 4, 5 -> deliver(which, true);
      case 6 -> deliver(which, false);
      default -> {
        if (!wire.isEmpty()) {
          wire.remove(which % wire.size());
        }
      }
    }
  }

  private void deliver(int which, boolean last) {
    if (wire.isEmpty()) {
      return;
    }
    int index = which % wire.size();
    Outgoing message = last ? wire.remove(index) : wire.get(index);
    TransactionLayer to = message.message() instanceof SipRequest ? server : client;
    to.handleMessage(now, FLOW, message.message());
  }

  private void drain() {
    for (TransactionLayer layer : List.of(client, server)) {
      for (Outgoing out = layer.pollMessage(); out != null; out = layer.pollMessage()) {
        if (wire.size() < 256) {
          wire.add(out);
        }
      }
      for (TransactionEvent event = layer.pollEvent(); event != null; event = layer.pollEvent()) {
        if (event instanceof TransactionEvent.RequestArrived request) {
          arrived.add(request.transaction());
        }
      }
    }
  }
}
