package org.klatsch.sip.dialog;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sip.SessionExpires;
import org.klatsch.sip.SessionExpires.Refresher;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;

/// The session timer of one dialog, RFC 4028: negotiated by every INVITE and UPDATE, it says when
/// to refresh, and when the peer has gone. One thread.
public final class SessionTimer {
  /// RFC 4028 §5.
  private static final String TAG = "timer";

  /// RFC 4028 §10: a BYE leaves this much before the session expires, or a third if that is less.
  private static final long MARGIN_SECONDS = 32;

  private static final long NANOS = 1_000_000_000L;

  /// What is due.
  public enum Action {
    /// Send an UPDATE, or a re-INVITE where the peer does not take that.
    REFRESH,

    /// The peer has not refreshed: send BYE.
    EXPIRE
  }

  private long intervalSeconds;
  private long minimumSeconds;

  /// Whether a refresh is this side's task; meaningless while the timer is off.
  private boolean refresher;

  private long refreshAt = ProtocolCore.NEVER;
  private long expireAt = ProtocolCore.NEVER;

  public SessionTimer(SessionTimerOptions options) {
    this.intervalSeconds = options.interval().toSeconds();
    this.minimumSeconds = options.minimum().toSeconds();
  }

  /// Puts what is asked for on an INVITE or UPDATE, the first or a refresh, RFC 4028 §7.1 and §7.4.
  public void ask(SipRequest request) {
    if (!request.lists(SipHeader.SUPPORTED, TAG)) {
      request.add(SipHeader.SUPPORTED, TAG);
    }
    // A refresh keeps the roles (§7.4); the first request leaves them to the other side.
    Refresher wanted = isOn() ? (refresher ? Refresher.UAC : Refresher.UAS) : null;
    request.set(SipHeader.SESSION_EXPIRES, SessionExpires.of(intervalSeconds, wanted));
    request.set(SipHeader.MIN_SE, SessionExpires.of(minimumSeconds, null));
  }

  /// Takes a 2xx to a request that was asked with, RFC 4028 §7.2.
  public void handleAnswer(long now, SipResponse response) {
    SessionExpires expires = response.first(SipHeader.SESSION_EXPIRES);
    if (expires == null) {
      // The peer does not know the timer; and for us alone it would end nothing.
      stop();
      return;
    }
    start(now, expires.seconds(), expires.refresher() != Refresher.UAS);
  }

  /// Takes a 422, RFC 4028 §7.3.
  ///
  /// @return whether the request is to be sent again, after [#ask]
  public boolean handleTooSmall(SipResponse response) {
    SessionExpires minimum = response.first(SipHeader.MIN_SE);
    if (response.status() != SipStatus.SESSION_INTERVAL_TOO_SMALL
        || minimum == null
        || minimum.seconds() <= minimumSeconds && minimum.seconds() <= intervalSeconds) {
      return false;
    }
    minimumSeconds = Math.max(minimumSeconds, minimum.seconds());
    intervalSeconds = Math.max(intervalSeconds, minimumSeconds);
    return true;
  }

  /// The refusal of a request that asks for less than is accepted, RFC 4028 §9; null for one that
  /// is fine.
  public @Nullable SipResponse refuse(SipRequest request) {
    SessionExpires wanted = request.first(SipHeader.SESSION_EXPIRES);
    if (wanted == null
        || wanted.seconds() >= minimumSeconds
        || !request.lists(SipHeader.SUPPORTED, TAG)) {
      return null;
    }
    SipResponse refusal = request.response(SipStatus.SESSION_INTERVAL_TOO_SMALL);
    refusal.set(SipHeader.MIN_SE, SessionExpires.of(minimumSeconds, null));
    return refusal;
  }

  /// Puts the outcome on the 2xx to an INVITE or UPDATE of the peer and (re)starts the timer, RFC
  /// 4028 §9. Without any word of the peer this side refreshes.
  public void answer(long now, SipRequest request, SipResponse response) {
    SessionExpires wanted = request.first(SipHeader.SESSION_EXPIRES);
    SessionExpires minimum = request.first(SipHeader.MIN_SE);
    boolean supported = request.lists(SipHeader.SUPPORTED, TAG);
    long seconds = intervalSeconds;
    if (wanted != null) {
      seconds = Math.min(seconds, Math.max(wanted.seconds(), minimumSeconds));
    }
    if (minimum != null) {
      seconds = Math.max(seconds, minimum.seconds());
    }
    Refresher who =
        !supported
            ? Refresher.UAS
            : wanted != null && wanted.refresher() != null
                ? wanted.refresher()
                : wanted == null ? Refresher.UAS : Refresher.UAC;
    response.set(SipHeader.SESSION_EXPIRES, SessionExpires.of(seconds, who));
    if (who == Refresher.UAC && !response.lists(SipHeader.REQUIRE, TAG)) {
      response.add(SipHeader.REQUIRE, TAG);
    }
    start(now, seconds, who == Refresher.UAS);
  }

  private void start(long now, long seconds, boolean ours) {
    refresher = ours;
    // RFC 4028 §7.2 and §10: refresh at half, give up shortly before the end.
    refreshAt = ours ? now + seconds * NANOS / 2 : ProtocolCore.NEVER;
    expireAt = now + (seconds - Math.min(MARGIN_SECONDS, seconds / 3)) * NANOS;
  }

  /// Stops; no refresh and no expiry until the next negotiation.
  public void stop() {
    refreshAt = ProtocolCore.NEVER;
    expireAt = ProtocolCore.NEVER;
  }

  public boolean isOn() {
    return expireAt != ProtocolCore.NEVER;
  }

  /// Whether this side refreshes.
  public boolean isRefresher() {
    return isOn() && refresher;
  }

  public long nextTimeout() {
    return Math.min(refreshAt, expireAt);
  }

  /// What is due at `now`; null for nothing. A refresh is asked for once; without answer the
  /// session expires.
  public @Nullable Action handleTimeout(long now) {
    if (expireAt <= now) {
      stop();
      return Action.EXPIRE;
    }
    if (refreshAt <= now) {
      refreshAt = ProtocolCore.NEVER;
      return Action.REFRESH;
    }
    return null;
  }
}
