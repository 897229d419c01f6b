package org.klatsch.gateway.calls;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Domain;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.gateway.location.Binding;
import org.klatsch.gateway.location.Locations;
import org.klatsch.gateway.transport.Guard;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.OtherUri;
import org.klatsch.sip.Parameters;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.auth.DigestOptions;
import org.klatsch.sip.auth.DigestServer;
import org.klatsch.sip.auth.DigestVerdict;
import org.klatsch.sip.transaction.ServerTransaction;
import org.klatsch.sip.transaction.TransactionEvent;
import org.klatsch.sip.transaction.TransactionOptions;

/// Registrations of browsers and telephones, RFC 3261 §10, and all other requests outside of calls.
public final class Registrar extends Mailbox {
  private static final long DEFAULT_EXPIRES = 600;
  private static final long MIN_EXPIRES = 30;
  private static final long MAX_EXPIRES = 3_600;

  /// A storm of clients that come back; each takes one transaction for 32 s over UDP.
  private static final int MAX_TRANSACTIONS = 50_000;

  /// RFC 5626 §4.4.1: how often those behind NATs are asked to ping.
  private static final String FLOW_TIMER = "110";

  private static final Set<String> SUPPORTED = Set.of("outbound", "gruu", "path");

  private static final Duration SWEEP = Duration.ofSeconds(60);

  private final SipSettings settings;
  private final Locations locations;
  private final Guard guard;
  private final DigestServer digest = new DigestServer(DigestOptions.DEFAULT, new SecureRandom());
  private final TrunkRegistrations trunks;

  public Registrar(
      SipSettings settings, Locations locations, SipTransports transports, Guard guard) {
    super(
        "klatsch-registrar",
        transports,
        TransactionOptions.DEFAULT.withMaxTransactions(MAX_TRANSACTIONS));
    this.settings = settings;
    this.locations = locations;
    this.guard = guard;
    this.trunks = new TrunkRegistrations(this, settings.trunks().values());
    execute(trunks::start);
    execute(this::sweep);
    begin();
  }

  private void sweep() {
    locations.expire(now());
    after(SWEEP, this::sweep);
  }

  /// Nanoseconds of the clock that bindings expire by.
  public static long time() {
    return now();
  }

  @Override
  void handle(TransactionEvent event) {
    switch (event) {
      case TransactionEvent.RequestArrived(ServerTransaction transaction) -> {
        SipResponse response = answer(transaction.flow(), transaction.request());
        if (response.to().tag() == null) {
          response.set(SipHeader.TO, response.to().withTag(tokens.tag()));
        }
        transactions.respond(now(), transaction, response);
      }
      case TransactionEvent.ResponseArrived e -> trunks.response(e.transaction(), e.response());
      case TransactionEvent.TimedOut e -> trunks.failed(e.transaction());
      case TransactionEvent.SendFailed e -> trunks.failed(e.transaction());
      default -> {
        // An ACK or a CANCEL of a call that is over.
      }
    }
  }

  private SipResponse answer(Flow flow, SipRequest request) {
    if (request.uri() instanceof OtherUri) {
      return request.response(SipStatus.UNSUPPORTED_URI_SCHEME); // RFC 3261 §8.2.2.1
    }
    List<String> required =
        request.all(SipHeader.REQUIRE).stream().filter(tag -> !SUPPORTED.contains(tag)).toList();
    if (!required.isEmpty()) {
      SipResponse refusal = request.response(SipStatus.BAD_EXTENSION); // RFC 3261 §8.2.2.3
      refusal.setAll(SipHeader.UNSUPPORTED, required);
      return refusal;
    }
    return switch (request.method()) {
      case SipRequest.REGISTER -> register(flow, request);
      case SipRequest.OPTIONS -> {
        SipResponse ok = request.response(SipStatus.OK);
        SipLeg.describe(ok);
        ok.set("Accept", "application/sdp");
        yield ok;
      }
      default -> {
        if (request.to().tag() != null) {
          yield request.response(SipStatus.CALL_DOES_NOT_EXIST);
        }
        SipResponse refusal = request.response(SipStatus.METHOD_NOT_ALLOWED);
        SipLeg.describe(refusal);
        yield refusal;
      }
    };
  }

  private SipResponse register(Flow flow, SipRequest request) {
    if (!(request.to().uri() instanceof SipUri uri)) {
      return request.response(SipStatus.UNSUPPORTED_URI_SCHEME);
    }
    Domain domain = settings.domain(uri.host());
    if (domain == null) {
      return request.response(SipStatus.NOT_FOUND);
    }
    long now = now();
    if (!domain.openRegistration() || !transports.isLocal(flow)) {
      SipResponse refusal = refusal(now, flow, request, uri, domain);
      if (refusal != null) {
        return refusal;
      }
    }
    String address = Locations.address(uri);
    if (request.hasWildcardContact()) {
      locations.of(address, now).forEach(locations::remove);
      return request.response(SipStatus.OK);
    }
    for (Binding known : locations.of(address, now)) {
      if (known.callId().equals(request.callId()) && known.sequence() >= request.cseq().number()) {
        // RFC 3261 §10.3 step 7: an older request that was overtaken.
        return request.response(SipStatus.SERVER_INTERNAL_ERROR);
      }
    }
    for (NameAddr contact : request.all(SipHeader.CONTACT)) {
      long expires = expires(request, contact);
      Binding binding =
          new Binding(
              address,
              contact,
              flow,
              request.callId(),
              request.cseq().number(),
              now + Duration.ofSeconds(expires).toNanos());
      if (expires == 0) {
        locations.of(address, now).stream()
            .filter(each -> each.contact().uri().equals(contact.uri()))
            .forEach(locations::remove);
      } else if (expires < MIN_EXPIRES) {
        SipResponse brief = request.response(SipStatus.INTERVAL_TOO_BRIEF);
        brief.set(SipHeader.MIN_EXPIRES, MIN_EXPIRES);
        return brief;
      } else if (!locations.put(binding, now)) {
        return request.response(SipStatus.SERVICE_UNAVAILABLE);
      }
    }
    return bindings(request, uri, locations.of(address, now), now);
  }

  private static SipResponse bindings(SipRequest request, SipUri uri, List<Binding> all, long now) {
    SipResponse ok = request.response(SipStatus.OK);
    boolean gruu = request.lists(SipHeader.SUPPORTED, "gruu");
    boolean outbound = false;
    for (Binding each : all) {
      long left = Math.max(1, (each.expires() - now) / 1_000_000_000L);
      Parameters parameters = each.contact().parameters().with("expires", Long.toString(left));
      String instance = each.instance();
      if (instance != null && gruu && instance.matches("<[^<>\"]+>")) {
        String name = instance.substring(1, instance.length() - 1);
        parameters =
            parameters.withQuoted(
                "pub-gruu",
                uri.withParameters(Parameters.of("gr", name)).withoutHeaders().toString());
      }
      outbound |= instance != null && parameters.has("reg-id");
      ok.add(SipHeader.CONTACT, each.contact().withParameters(parameters));
    }
    if (outbound && request.lists(SipHeader.SUPPORTED, "outbound")) {
      // RFC 5626 §6: this is what tells the client that its flow is kept.
      ok.add(SipHeader.REQUIRE, "outbound");
      ok.set(SipHeader.FLOW_TIMER, FLOW_TIMER);
    }
    ok.setAll(SipHeader.SUPPORTED, List.of("outbound", "gruu"));
    return ok;
  }

  /// RFC 3261 §10.3 steps 3 and 4: who it is, and whether that may register this address.
  ///
  /// @return null when it may
  private @Nullable SipResponse refusal(
      long now, Flow flow, SipRequest request, SipUri uri, Domain domain) {
    DigestVerdict verdict =
        digest.check(
            now,
            request,
            domain.name(),
            name -> {
              Domain.User user = domain.user(name);
              return user == null ? null : user.password();
            });
    switch (verdict.outcome()) {
      case ACCEPTED -> {
        return uri.userText().equals(verdict.user()) ? null : request.response(SipStatus.FORBIDDEN);
      }
      case WRONG -> guard.failed(System.nanoTime(), flow);
      case MISSING, STALE -> {
        // Asked below.
      }
    }
    return digest.challenge(
        now,
        request,
        domain.name(),
        verdict.outcome() == DigestVerdict.Outcome.STALE,
        flow.transport().isWebSocket() ? DigestServer.forBrowsers() : DigestServer.forOthers());
  }

  private static long expires(SipRequest request, NameAddr contact) {
    String parameter = contact.parameters().value("expires");
    Long header = request.first(SipHeader.EXPIRES);
    long wanted =
        parameter != null && parameter.matches("[0-9]{1,9}")
            ? Long.parseLong(parameter)
            : header == null ? DEFAULT_EXPIRES : header;
    return Math.min(wanted, MAX_EXPIRES);
  }

  @Override
  void lost(Flow flow) {
    locations.flowClosed(flow);
    trunks.lost(flow);
  }

  @Override
  void broken() {
    // The request gets no answer; the next one does.
  }

  @Override
  void ended() {}

  /// Ends the thread, and the registrations with trunks.
  public void close() {
    execute(() -> {
      trunks.stop();
      finish();
    });
  }
}
