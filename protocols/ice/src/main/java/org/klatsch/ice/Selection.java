package org.klatsch.ice;

import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.CandidatePair.State;
import org.klatsch.sansio.Timers;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MessageIntegrity;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;

/// Which pair is used: nomination (RFC 8445 §8), the watch over the selected pair (RFC 7675), and
/// when all is lost (RFC 8863).
final class Selection {
  private enum Timer {
    /// A controlling agent waits no longer for a better pair.
    NOMINATE,

    /// The least time before failing is over.
    PATIENCE,

    /// The selected pair has been silent.
    SILENCE,

    /// The selected pair is asked again whether it is alive.
    PROBE,

    /// A lite agent, which asks for no consent, keeps the NAT mapping alive, RFC 8445 §11.
    KEEPALIVE
  }

  /// Tr, RFC 8445 §11.
  private static final long KEEPALIVE_NANOS = 15_000_000_000L;

  /// A selected pair that has been silent for so long gives way to a worse one that a controlling
  /// peer nominates without renomination, as browsers do.
  private static final long SILENT_NANOS = 2_500_000_000L;

  /// A nomination this old is settled: checks of other pairs are no longer those of before it.
  private static final long SETTLED_NANOS = 1_000_000_000L;

  /// How recently a pair must have been heard of to be taken as alive without another check.
  private static final long FRESH_NANOS = 1_000_000_000L;

  /// Questions to a selected pair that may be dead, and the least time between them. Three lost in
  /// a row are no accident, and an audience forgives a gap of half a second.
  private static final int PROBES = 3;

  private static final long PROBE_NANOS = 100_000_000L;

  private final IceAgent agent;
  private final IceOptions options;
  private final SecureRandom random;
  private final ConsentFreshness consent;
  private final Timers<Timer> timers = new Timers<>(Timer.class);
  private @Nullable CandidatePair selected;
  private boolean disconnected;

  /// No pair is left of those that worked, and others may be found yet.
  private boolean lost;

  private boolean failed;

  /// Consent was lost: nothing may be sent before a restart, RFC 7675 §5.1.
  private boolean consentLost;

  private boolean patienceOver;
  private boolean indicationDue;
  private int probesLeft;
  private long probedSince;

  Selection(IceAgent agent, IceOptions options, SecureRandom random) {
    this.agent = agent;
    this.options = options;
    this.random = random;
    this.consent = new ConsentFreshness(options, random);
  }

  @Nullable CandidatePair selected() {
    return selected;
  }

  void startPatience(long now) {
    patienceOver = false;
    timers.set(Timer.PATIENCE, now + options.patience().toNanos());
  }

  /// After a restart a lost connection counts as being checked anew, as the W3C says.
  void sessionReplaced(long now) {
    failed = false;
    lost = false;
    consentLost = false;
    if (disconnected) {
      disconnected = false;
      select(now, null);
      agent.releasePrevious();
    }
  }

  void close() {
    selected = null;
    consent.stop();
    timers.cancelAll();
  }

  // Checks of the peer.

  void onCheck(long now, CandidatePair pair, IceSession.EarlyCheck check) {
    IceSession session = pair.session;
    heard(now, pair);
    if (consentLost) {
      return;
    }
    if (options.lite()) {
      pair.state = State.SUCCEEDED;
      pair.valid = true;
      if (pair == selected) {
        consent.renew(now);
      }
      if (check.useCandidate()) {
        nominated(now, pair, check.nomination());
      }
      return;
    }
    if (session != agent.current()) {
      return;
    }
    if (check.useCandidate() && agent.role() == IceRole.CONTROLLED) {
      if (pair.valid) {
        nominated(now, pair, check.nomination());
        return;
      }
      pair.nominating = true;
      pair.nomination = Math.max(pair.nomination, check.nomination());
    }
    boolean another = session.concluded && pair != selected && isNews(now, pair);
    if (another) {
      probe(now);
    }
    if (pair.state == State.IN_PROGRESS) {
      agent.hasten(now, pair);
    } else if (pair.state != State.SUCCEEDED
        && (!session.concluded || pair.nominating || another)) {
      session.checkList.trigger(pair);
    }
  }

  /// Whether a check of a pair that is not selected tells that the peer has got another address,
  /// rather than having been under way during the nomination.
  private boolean isNews(long now, CandidatePair pair) {
    return now - pair.session.concludedAt > SETTLED_NANOS || mayImprove(pair);
  }

  /// Whether a pair would be nominated in place of the present one: only peers that know
  /// renomination are sure to follow.
  boolean mayImprove(CandidatePair pair) {
    IceSession session = pair.session;
    CandidatePair nominated = session.nominated;
    return session.concluded
        && session.remoteRenomination
        && nominated != null
        && pair.priority > nominated.priority;
  }

  /// The peer checks or nominates another path: the one in use may have died with the peer's
  /// address. Who is to choose does not wait for the silence to get long, but asks.
  private void probe(long now) {
    if (selected == null
        || disconnected
        || probesLeft > 0
        || options.lite()
        || agent.role() != IceRole.CONTROLLING && selected.session.refused == null) {
      return;
    }
    probesLeft = PROBES;
    probedSince = now;
    probeAgain(now, selected);
  }

  private void probeAgain(long now, CandidatePair pair) {
    consent.hurry(now);
    timers.set(Timer.PROBE, now + Math.max(PROBE_NANOS, 2 * pair.roundTripNanos));
  }

  private void onProbe(long now) {
    CandidatePair pair = selected;
    if (pair == null || pair.lastReceivedAt >= probedSince) {
      probesLeft = 0;
    } else if (--probesLeft > 0) {
      probeAgain(now, pair);
    } else {
      silent(now, pair);
    }
  }

  // Checks of this agent.

  void onSucceeded(long now, CandidatePair pair, boolean nominated) {
    IceSession session = pair.session;
    pair.valid = true;
    failed = false;
    if (session.firstValidAt < 0) {
      session.firstValidAt = now;
    }
    if (pair == selected) {
      consent.renew(now);
    }
    heard(now, pair);
    if (agent.role() == IceRole.CONTROLLING) {
      if (nominated) {
        nominated(now, pair, pair.nomination);
        return;
      }
      if (mayImprove(pair) && session == agent.current() && session.nominating == null) {
        nominate(session, pair);
        return;
      }
    } else if (pair.nominating) {
      pair.nominating = false;
      nominated(now, pair, pair.nomination);
      return;
    }
    CandidatePair using = selected;
    boolean better =
        using == null
            || (using.session == session
                ? session.nominated == null && pair.priority > using.priority
                : disconnected);
    if (better) {
      select(now, pair);
    }
  }

  void onFailed(long now, CandidatePair pair) {
    IceSession session = pair.session;
    pair.valid = false;
    pair.nominating = false;
    if (session.nominating == pair) {
      session.nominating = null;
    }
    if (pair == selected && session.nominated != pair) {
      select(now, session.checkList.bestValid());
    }
  }

  /// Forgets a pair whose local address is gone.
  void forget(long now, CandidatePair pair) {
    IceSession session = pair.session;
    if (session.nominating == pair) {
      session.nominating = null;
    }
    if (session.nominated == pair) {
      session.nominated = null;
    }
    if (session.refused == pair) {
      session.refused = null;
    }
    if (pair == selected) {
      select(now, null);
      recheck(now);
      CandidatePair other = session.checkList.bestValid();
      if (other != null) {
        select(now, other);
      } else {
        // The next network may be a moment away.
        lost = true;
        startPatience(now);
      }
    }
  }

  void onRoleChanged(long now) {
    IceSession session = agent.current();
    session.nominating = null;
    for (CandidatePair pair : session.checkList.pairs()) {
      pair.nominating = false;
    }
  }

  // Nomination.

  /// Nominates when it is time to, and notices when nothing is left to try.
  void evaluate(long now) {
    IceSession session = agent.current();
    timers.cancel(Timer.NOMINATE);
    if (session.isStarted() && options.lite() && session.remoteLite) {
      CandidatePair best =
          session.checkList.pairs().isEmpty() ? null : session.checkList.pairs().getFirst();
      if (best != null && selected != best) {
        // Two lite agents make no checks: the pair of the highest priority is used.
        best.valid = true;
        best.state = State.SUCCEEDED;
        nominated(now, best, 0);
      }
    } else if (session.isStarted()
        && !options.lite()
        && agent.role() == IceRole.CONTROLLING
        && !session.concluded
        && session.nominating == null) {
      CandidatePair best = bestToNominate(session);
      if (best != null) {
        long at = session.firstValidAt + nominationPatience(session);
        if (now >= at || !session.checkList.mayImproveOn(best)) {
          nominate(session, best);
        } else {
          timers.set(Timer.NOMINATE, at);
        }
      }
    }
    if (patienceOver
        && selected == null
        && !failed
        && session.isStarted()
        && session.checkList.bestValid() == null
        && !session.checkList.isActive()) {
      failed = true;
    }
  }

  /// While the selected pair is silent only another one is worth nominating.
  private @Nullable CandidatePair bestToNominate(IceSession session) {
    for (CandidatePair pair : session.checkList.pairs()) {
      // Also one that is being checked again, or a worse pair would be nominated meanwhile.
      if (pair.valid && !(disconnected && pair == selected)) {
        return pair;
      }
    }
    return null;
  }

  /// After a change of networks, checks may be lost on their way over routes that do not work yet:
  /// time for two more of each, while data takes the pair that works.
  private long nominationPatience(IceSession session) {
    long nanos = options.nominationPatience().toNanos();
    return session.rechecked ? nanos + 2 * options.checkRto().toNanos() : nanos;
  }

  private void nominate(IceSession session, CandidatePair pair) {
    session.nominating = pair;
    pair.nominating = true;
    if (session.remoteRenomination) {
      pair.nomination = ++session.nomination;
    }
    session.checkList.triggerFirst(pair);
  }

  private void nominated(long now, CandidatePair pair, long nomination) {
    IceSession session = pair.session;
    CandidatePair before = session.nominated;
    if (before != null
        && before != pair
        && agent.role() == IceRole.CONTROLLED
        && !replaces(now, before, pair, nomination)) {
      session.refused = pair;
      probe(now);
      return;
    }
    pair.nominating = false;
    session.nominating = null;
    session.nomination = Math.max(session.nomination, nomination);
    pair.nominated = true;
    if (before == pair && selected == pair && session.concluded) {
      return;
    }
    if (before != null && before != pair) {
      before.nominated = false;
    }
    session.nominated = pair;
    session.refused = null;
    session.concluded = true;
    session.concludedAt = now;
    session.checkList.conclude(pair, session.remoteRenomination);
    select(now, pair);
    if (session == agent.current()) {
      agent.releasePrevious();
    }
    if (agent.role() == IceRole.CONTROLLING) {
      nominateBetter(session, before);
    }
  }

  /// Nominates a better pair that was found while a worse one was being nominated.
  ///
  /// @param before the one that was given up
  private void nominateBetter(IceSession session, @Nullable CandidatePair before) {
    for (CandidatePair pair : session.checkList.pairs()) {
      if (pair != before && pair.valid && pair.state == State.SUCCEEDED && mayImprove(pair)) {
        nominate(session, pair);
        return;
      }
    }
  }

  /// Whether a controlled agent follows a second nomination: a higher number always wins; without
  /// numbers the higher priority does (aggressive nomination, RFC 5245 §8.1.1.2), unless the pair
  /// in use has gone silent.
  private static boolean replaces(
      long now, CandidatePair before, CandidatePair pair, long nomination) {
    if (nomination > 0 || before.session.nomination > 0) {
      return nomination > before.session.nomination;
    }
    return pair.priority > before.priority || now - before.lastReceivedAt > SILENT_NANOS;
  }

  private void select(long now, @Nullable CandidatePair pair) {
    if (pair == selected) {
      return;
    }
    selected = pair;
    indicationDue = false;
    timers.cancel(Timer.SILENCE);
    timers.cancel(Timer.KEEPALIVE);
    timers.cancel(Timer.PROBE);
    probesLeft = 0;
    if (pair == null) {
      consent.stop();
    } else {
      disconnected = false;
      lost = false;
      consent.start(now, pair, !options.lite());
      timers.set(Timer.SILENCE, now + options.disconnectedAfter().toNanos());
      if (options.lite()) {
        timers.set(Timer.KEEPALIVE, now + KEEPALIVE_NANOS);
      }
    }
    agent.emit(new IceEvent.SelectedPairChanged(pair));
  }

  // The watch over the selected pair.

  /// Something came over a pair; when it is the selected one, it is alive.
  void heard(long now, CandidatePair pair) {
    if (pair == selected && disconnected) {
      disconnected = false;
      timers.set(Timer.SILENCE, now + options.disconnectedAfter().toNanos());
      IceSession session = pair.session;
      if (session.nominated == pair && session.nominating == null) {
        session.concluded = true;
        session.checkList.conclude(pair, session.remoteRenomination);
      }
    }
  }

  boolean handleConsentResponse(
      long now,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message,
      IceStatistics.Counters counters) {
    int number = consent.find(message);
    CandidatePair pair = consent.pair();
    if (number < 0 || pair == null) {
      return false;
    }
    MessageIntegrity integrity = pair.session.remoteIntegrity;
    if (integrity == null || !integrity.matches(message)) {
      counters.wrongIntegrity++;
      return true;
    }
    if (!pair.connects(local, remote)) {
      counters.asymmetric++;
      return true;
    }
    if (message.messageClass() == StunClass.SUCCESS_RESPONSE) {
      pair.lastReceivedAt = now;
      pair.responsesReceived++;
      pair.noteRoundTrip(consent.answered(now, number));
      agent.extension().handleAuthenticated(now, pair, message);
      heard(now, pair);
    }
    return true;
  }

  /// Checks all pairs again, since the selected one may be dead.
  // Deviates from RFC 8445 §8.1.1: a controlling agent whose selected pair has gone silent may
  // nominate another one without a restart, as browsers do and renomination allows.
  private void recheck(long now) {
    IceSession session = agent.current();
    if (!session.isStarted() || options.lite()) {
      return;
    }
    session.concluded = false;
    session.nominating = null;
    // The best pair need not be the first to answer: a new network's routes come one by one.
    session.firstValidAt = -1;
    session.rechecked = true;
    for (CandidatePair pair : List.copyOf(session.checkList.pairs())) {
      boolean fresh = pair.valid && now - pair.lastReceivedAt < FRESH_NANOS;
      if (fresh && pair != selected) {
        session.firstValidAt = now;
      }
      if (pair.transaction == null && (pair == selected || !fresh)) {
        if (pair != selected) {
          pair.valid = false;
        }
        pair.nominating = false;
        pair.state = State.WAITING;
      }
    }
  }

  void handleTimeout(long now) {
    if (consent.isExpired(now)) {
      consentLost = true;
      failed = true;
      select(now, null);
      for (CandidatePair pair : List.copyOf(agent.current().checkList.pairs())) {
        agent.current().checkList.finishTransaction(pair);
        pair.state = State.FAILED;
        pair.valid = false;
      }
    }
    for (Timer timer = timers.pollExpired(now); timer != null; timer = timers.pollExpired(now)) {
      switch (timer) {
        case NOMINATE -> {} // Evaluated after every input anyway.
        case PATIENCE -> patienceOver = true;
        case SILENCE -> onSilence(now);
        case PROBE -> onProbe(now);
        case KEEPALIVE -> onKeepalive(now);
      }
    }
  }

  private void onSilence(long now) {
    CandidatePair pair = selected;
    if (pair == null) {
      return;
    }
    long at = pair.lastReceivedAt + options.disconnectedAfter().toNanos();
    if (now < at) {
      timers.set(Timer.SILENCE, at);
    } else if (!disconnected) {
      silent(now, pair);
    }
  }

  private void silent(long now, CandidatePair pair) {
    disconnected = true;
    IceSession session = pair.session;
    if (session != agent.current()) {
      return;
    }
    recheck(now);
    CandidatePair wanted = session.refused;
    if (wanted != null && wanted != pair && agent.role() == IceRole.CONTROLLED) {
      session.nominated = null;
      nominated(now, wanted, 0);
    }
  }

  private void onKeepalive(long now) {
    CandidatePair pair = selected;
    if (pair != null) {
      long at = pair.lastSentAt + KEEPALIVE_NANOS;
      indicationDue = now >= at;
      timers.set(Timer.KEEPALIVE, indicationDue ? now + KEEPALIVE_NANOS : at);
    }
  }

  long nextTimeout() {
    return Math.min(timers.next(), consent.nextTimeout());
  }

  boolean pollTransmit(
      long now, ConnectivityChecks checks, TransmitBuffer out, StunMessageWriter writer) {
    CandidatePair pair = selected;
    if (pair == null) {
      return false;
    }
    if (consent.isCheckDue(now)) {
      checks.sendConsent(now, pair, consent.nextCheck(now), out, writer);
      return true;
    }
    if (indicationDue) {
      indicationDue = false;
      pair.lastSentAt = now;
      writer
          .start(out, StunClass.INDICATION, StunMethod.BINDING, TransactionId.random(random))
          .fingerprint();
      out.route(pair.localAddress(), pair.remoteAddress());
      out.commit(writer.length());
      return true;
    }
    return false;
  }

  /// The state that the W3C's words describe.
  IceState stateNow(boolean gatheringComplete) {
    IceSession session = agent.current();
    if (selected != null) {
      if (disconnected) {
        return IceState.DISCONNECTED;
      }
      boolean complete =
          selected.session == session
              && session.nominated == selected
              && session.endOfRemoteCandidates
              && gatheringComplete;
      return complete ? IceState.COMPLETED : IceState.CONNECTED;
    }
    if (failed) {
      return IceState.FAILED;
    }
    if (lost) {
      return IceState.DISCONNECTED;
    }
    return session.isStarted() && !session.checkList.pairs().isEmpty()
        ? IceState.CHECKING
        : IceState.NEW;
  }
}
