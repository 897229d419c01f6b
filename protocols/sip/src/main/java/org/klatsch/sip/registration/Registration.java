package org.klatsch.sip.registration;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.RetryAfter;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Uri;
import org.klatsch.sip.auth.DigestClient;

/// One address registered at one registrar, RFC 3261 §10.2. Gives out requests, which its owner
/// sends by a transaction, and takes what becomes of them. One thread.
public final class Registration {
  private static final long NANOS = 1_000_000_000L;

  /// Challenges that are followed for one attempt: server and a proxy, and a stale nonce of each.
  private static final int MAX_CHALLENGES = 4;

  /// Where it stands.
  public enum State {
    /// Not asked for, or given up by [Registration#stop].
    OFF,

    /// A request is under way, and no binding is known.
    REGISTERING,
    REGISTERED,

    /// Refused or unanswered; tried again later.
    FAILED
  }

  private final RegistrationOptions options;
  private final Uri registrar;
  private final NameAddr address;
  private final NameAddr contact;
  private final @Nullable DigestClient credentials;
  private final RandomGenerator random;
  private final String callId;
  private final NameAddr from;

  private long sequence;
  private long expiresSeconds;
  private State state = State.OFF;
  private boolean stopping;
  private int failures;
  private int challenges;
  private int lastStatus;
  private long attemptAt = ProtocolCore.NEVER;
  private long boundUntil = ProtocolCore.NEVER;
  private @Nullable SipRequest pending;
  private @Nullable SipRequest underWay;

  /// @param registrar the Request-URI: a domain, RFC 3261 §10.2
  /// @param address the address of record
  /// @param contact where calls are to come
  /// @param credentials null where none are needed
  /// @param random for waits; its quality does not matter
  public Registration(
      RegistrationOptions options,
      Uri registrar,
      NameAddr address,
      NameAddr contact,
      @Nullable DigestClient credentials,
      Tokens tokens,
      RandomGenerator random) {
    this.options = options;
    this.registrar = registrar;
    this.address = address;
    this.contact = contact;
    this.credentials = credentials;
    this.random = random;
    this.callId = tokens.callId();
    this.from = address.withTag(tokens.tag());
    this.sequence = tokens.cseq();
    this.expiresSeconds = options.expires().toSeconds();
  }

  /// Registers, and stays so.
  public void start(long now) {
    if (state == State.OFF) {
      stopping = false;
      state = State.REGISTERING;
      attempt(now);
    }
  }

  /// Takes the binding back, RFC 3261 §10.2.2.
  public void stop(long now) {
    if (state == State.OFF || stopping) {
      return;
    }
    stopping = true;
    boolean bound = state == State.REGISTERED || underWay != null;
    attemptAt = ProtocolCore.NEVER;
    if (bound) {
      request(0);
    } else {
      over();
    }
  }

  private void attempt(long now) {
    attemptAt = ProtocolCore.NEVER;
    challenges = 0;
    if (boundUntil <= now) {
      boundUntil = ProtocolCore.NEVER;
      state = State.REGISTERING;
    }
    request(expiresSeconds);
  }

  private void request(long expires) {
    SipRequest request =
        SipRequest.of(
            SipRequest.REGISTER, registrar, from, address.withoutTag(), callId, ++sequence);
    request.add(
        SipHeader.CONTACT,
        contact.withParameters(contact.parameters().with("expires", Long.toString(expires))));
    request.add(SipHeader.EXPIRES, expires);
    if (credentials != null) {
      credentials.authorize(request);
    }
    send(request);
  }

  private void send(SipRequest request) {
    sequence = request.cseq().number();
    pending = request;
    underWay = request;
  }

  /// The request to send now; null for none. It goes to the registrar in a transaction of its own.
  public @Nullable SipRequest pollRequest() {
    SipRequest request = pending;
    pending = null;
    return request;
  }

  /// Takes the final response.
  public void handleResponse(long now, SipResponse response) {
    SipRequest sent = underWay;
    if (sent == null || response.cseq().number() != sequence || response.isProvisional()) {
      return; // Of an attempt that is over.
    }
    lastStatus = response.status();
    if (response.isSuccess()) {
      underWay = null;
      accepted(now, response);
      return;
    }
    if (credentials != null && challenges < MAX_CHALLENGES) {
      SipRequest answer = credentials.answer(sent, response);
      if (answer != null) {
        challenges++;
        send(answer);
        return;
      }
    }
    underWay = null;
    Long minimum = response.first(SipHeader.MIN_EXPIRES);
    if (response.status() == SipStatus.INTERVAL_TOO_BRIEF
        && minimum != null
        && minimum > expiresSeconds
        && !stopping) {
      expiresSeconds = minimum;
      request(expiresSeconds);
      return;
    }
    RetryAfter after = response.first(SipHeader.RETRY_AFTER);
    failed(now, after == null ? 0 : after.seconds());
  }

  /// No response has come, or the request could not be sent.
  public void handleFailure(long now) {
    if (underWay != null) {
      underWay = null;
      lastStatus = SipStatus.REQUEST_TIMEOUT;
      failed(now, 0);
    }
  }

  /// The connection is gone by which calls were to come: registers anew, after a short wait that
  /// spreads the clients of a server that was restarted.
  public void handleFlowFailed(long now) {
    if (state == State.REGISTERED && underWay == null && !stopping) {
      attemptAt = now + random.nextLong(NANOS, 5 * NANOS);
    }
  }

  private void accepted(long now, SipResponse response) {
    if (stopping) {
      over();
      return;
    }
    failures = 0;
    state = State.REGISTERED;
    long granted = granted(response);
    boundUntil = now + granted * NANOS;
    // RFC 5626 §4.4 and common habit: renewed while there is time for another attempt.
    long early = Math.min(granted / 10, 30);
    attemptAt = now + Math.max(1, granted - Math.max(early, 1)) * NANOS;
  }

  /// What the registrar says of our contact, else of all, RFC 3261 §10.2.4.
  private long granted(SipResponse response) {
    Long header = response.first(SipHeader.EXPIRES);
    long granted = header == null ? expiresSeconds : header;
    for (NameAddr bound : response.all(SipHeader.CONTACT)) {
      String expires = bound.parameters().value("expires");
      if (expires != null
          && bound.uri().userText().equals(contact.uri().userText())
          && expires.matches("[0-9]{1,9}")
          && (bound.uri().toString().equals(contact.uri().toString()) || header == null)) {
        granted = Long.parseLong(expires);
        if (bound.uri().toString().equals(contact.uri().toString())) {
          break;
        }
      }
    }
    return Math.max(granted, 2);
  }

  private void failed(long now, long retryAfterSeconds) {
    if (stopping) {
      over();
      return;
    }
    failures++;
    if (boundUntil <= now || state != State.REGISTERED) {
      state = State.FAILED;
    }
    attemptAt = now + Math.max(backOff(), retryAfterSeconds * NANOS);
  }

  /// RFC 5626 §4.5: doubles with each failure, and is drawn from its upper half.
  private long backOff() {
    long upper =
        Math.min(
            options.maxWait().toNanos(),
            options.baseWait().toNanos() << Math.min(failures - 1, 20));
    return random.nextLong(upper / 2, upper + 1);
  }

  private void over() {
    state = State.OFF;
    underWay = null;
    attemptAt = ProtocolCore.NEVER;
    boundUntil = ProtocolCore.NEVER;
  }

  /// Begins the attempt that is due; early calls do nothing.
  public void handleTimeout(long now) {
    if (boundUntil <= now && state == State.REGISTERED) {
      state = underWay == null ? State.FAILED : State.REGISTERING;
    }
    if (attemptAt <= now) {
      attempt(now);
    }
  }

  public long nextTimeout() {
    return state == State.REGISTERED ? Math.min(attemptAt, boundUntil) : attemptAt;
  }

  public State state() {
    return state;
  }

  /// The last final response's status code; 408 when none came, 0 before the first.
  public int lastStatus() {
    return lastStatus;
  }

  public NameAddr contact() {
    return contact;
  }
}
