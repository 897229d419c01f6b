package org.klatsch.sip.dialog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SessionExpires;
import org.klatsch.sip.SessionExpires.Refresher;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.Uri;
import org.klatsch.sip.dialog.SessionTimer.Action;

class SessionTimerTest {
  private static final long SECOND = 1_000_000_000L;

  private final SessionTimer uac = new SessionTimer(SessionTimerOptions.DEFAULT);
  private final SessionTimer uas = new SessionTimer(SessionTimerOptions.DEFAULT);

  private static SipRequest request() {
    NameAddr anybody = NameAddr.of(Uri.of("sip:a@b"));
    return SipRequest.of("INVITE", anybody.uri(), anybody.withTag("1"), anybody, "call", 1);
  }

  private SipResponse negotiate(long now, SipRequest request) {
    SipResponse response = request.response(200);
    uas.answer(now, request, response);
    uac.handleAnswer(now, response);
    return response;
  }

  @Test
  void theCallerRefreshesWhenBothKnowTheTimer() {
    SipRequest invite = request();
    uac.ask(invite);
    SipResponse ok = negotiate(0, invite);
    assertThat(ok.first(SipHeader.SESSION_EXPIRES))
        .isEqualTo(SessionExpires.of(1800, Refresher.UAC));
    assertThat(ok.lists(SipHeader.REQUIRE, "timer")).isTrue();
    assertThat(uac.isRefresher()).isTrue();
    assertThat(uas.isRefresher()).isFalse();
    assertThat(uac.nextTimeout()).isEqualTo(900 * SECOND);
    assertThat(uas.nextTimeout()).isEqualTo((1800 - 32) * SECOND);
  }

  @Test
  void aWeekOfRefreshesKeepsTheSession() {
    SipRequest invite = request();
    uac.ask(invite);
    negotiate(0, invite);
    long now = 0;
    int refreshes = 0;
    while (now < Duration.ofDays(7).toNanos()) {
      now = Math.min(uac.nextTimeout(), uas.nextTimeout());
      assertThat(uas.handleTimeout(now)).isNull();
      assertThat(uac.handleTimeout(now)).isEqualTo(Action.REFRESH);
      assertThat(uac.handleTimeout(now)).isNull();
      SipRequest refresh = request();
      uac.ask(refresh);
      assertThat(refresh.first(SipHeader.SESSION_EXPIRES).refresher()).isEqualTo(Refresher.UAC);
      negotiate(now, refresh);
      refreshes++;
    }
    assertThat(refreshes).isEqualTo(7 * 24 * 4);
  }

  @Test
  void withoutRefreshBothSidesEnd() {
    SipRequest invite = request();
    uac.ask(invite);
    negotiate(0, invite);
    assertThat(uac.handleTimeout(900 * SECOND)).isEqualTo(Action.REFRESH);
    long end = (1800 - 32) * SECOND;
    assertThat(uac.nextTimeout()).isEqualTo(end);
    assertThat(uac.handleTimeout(end)).isEqualTo(Action.EXPIRE);
    assertThat(uas.handleTimeout(end)).isEqualTo(Action.EXPIRE);
    assertThat(uas.nextTimeout()).isEqualTo(ProtocolCore.NEVER);
  }

  @Test
  void theCalledSideRefreshesForACallerThatKnowsNothing() {
    SipResponse ok = negotiate(0, request());
    assertThat(ok.first(SipHeader.SESSION_EXPIRES).refresher()).isEqualTo(Refresher.UAS);
    assertThat(ok.has(SipHeader.REQUIRE)).isFalse();
    assertThat(uas.isRefresher()).isTrue();
    assertThat(uac.isRefresher()).isFalse();
  }

  @Test
  void anAnswerWithoutTheHeaderTurnsTheTimerOff() {
    SipRequest invite = request();
    uac.ask(invite);
    uac.handleAnswer(0, invite.response(200));
    assertThat(uac.isOn()).isFalse();
  }

  @Test
  void tooShortIntervalsAreRefusedAndRaised() {
    SipRequest invite = request();
    invite.add(SipHeader.SUPPORTED, "timer");
    invite.set(SipHeader.SESSION_EXPIRES, SessionExpires.of(30, null));
    SipResponse refusal = uas.refuse(invite);
    assertThat(refusal.status()).isEqualTo(422);
    assertThat(refusal.first(SipHeader.MIN_SE).seconds()).isEqualTo(90);
    assertThat(uas.refuse(request())).isNull();
    SipResponse strict = request().response(422);
    strict.set(SipHeader.MIN_SE, SessionExpires.of(7200, null));
    assertThat(uac.handleTooSmall(strict)).isTrue();
    SipRequest again = request();
    uac.ask(again);
    assertThat(again.first(SipHeader.SESSION_EXPIRES).seconds()).isEqualTo(7200);
    assertThat(uac.handleTooSmall(strict)).isFalse();
  }

  @Test
  void theShorterIntervalWinsAboveTheMinimum() {
    SipRequest invite = request();
    invite.add(SipHeader.SUPPORTED, "timer");
    invite.set(SipHeader.SESSION_EXPIRES, SessionExpires.of(600, Refresher.UAS));
    invite.set(SipHeader.MIN_SE, SessionExpires.of(300, null));
    SipResponse ok = negotiate(0, invite);
    assertThat(ok.first(SipHeader.SESSION_EXPIRES))
        .isEqualTo(SessionExpires.of(600, Refresher.UAS));
    assertThat(uas.nextTimeout()).isEqualTo(300 * SECOND);
  }
}
