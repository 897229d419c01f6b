package org.klatsch.gateway.calls;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Domain;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.gateway.location.Binding;
import org.klatsch.gateway.location.Locations;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
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

  private final SipSettings settings;
  private final Locations locations;
  private final DigestServer digest = new DigestServer(DigestOptions.DEFAULT, new SecureRandom());

  public Registrar(SipSettings settings, Locations locations, SipTransports transports) {
    super(
        "klatsch-registrar",
        transports,
        TransactionOptions.DEFAULT.withMaxTransactions(MAX_TRANSACTIONS));
    this.settings = settings;
    this.locations = locations;
    begin();
  }

  /// Nanoseconds of the clock that bindings expire by.
  public static long time() {
    return now();
  }

  @Override
  void handle(TransactionEvent event) {
    if (event instanceof TransactionEvent.RequestArrived arrived) {
      ServerTransaction transaction = arrived.transaction();
      SipResponse response = answer(transaction.flow(), transaction.request());
      if (response.to().tag() == null) {
        response.set(SipHeader.TO, response.to().withTag(tokens.tag()));
      }
      transactions.respond(now(), transaction, response);
    }
  }

  private SipResponse answer(Flow flow, SipRequest request) {
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
      SipResponse refusal = refusal(now, flow, request, domain, uri.userText());
      if (refusal != null) {
        return refusal;
      }
    }
    String address = Locations.address(uri);
    if (request.hasWildcardContact()) {
      locations.of(address, now).forEach(locations::remove);
      return request.response(SipStatus.OK);
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
    SipResponse ok = request.response(SipStatus.OK);
    List<Binding> all = locations.of(address, now);
    for (Binding each : all) {
      long left = Math.max(1, (each.expires() - now) / 1_000_000_000L);
      ok.add(
          SipHeader.CONTACT,
          each.contact()
              .withParameters(each.contact().parameters().with("expires", Long.toString(left))));
    }
    return ok;
  }

  /// Asks for the password of a user, RFC 3261 §22.
  ///
  /// @return null when the request has it
  private @Nullable SipResponse refusal(
      long now, Flow flow, SipRequest request, Domain domain, String user) {
    DigestVerdict verdict =
        digest.check(
            now,
            request,
            domain.name(),
            name -> {
              Domain.User known = domain.user(name);
              return known == null ? null : known.password();
            });
    if (verdict.isAccepted()) {
      // RFC 3261 §10.3 step 3: nobody registers as somebody else.
      return user.equals(verdict.user()) ? null : request.response(SipStatus.FORBIDDEN);
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
  }

  @Override
  void broken() {
    // The request gets no answer; the next one does.
  }

  @Override
  void ended() {}

  /// Ends the thread.
  public void close() {
    execute(this::finish);
  }
}
