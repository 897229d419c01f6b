package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.payload.TelephoneEventReceiver.Change;

class TelephoneEventTest {
  private record Sent(boolean marker, int timestamp, TelephoneEvent event) {}

  private static List<Sent> send(TelephoneEventSender sender, int step) throws Exception {
    List<Sent> packets = new ArrayList<>();
    byte[] out = new byte[6];
    while (sender.active()) {
      int length = sender.next(out, 1, step);
      packets.add(
          new Sent(sender.marker(), sender.timestamp(), TelephoneEvent.parse(out, 1, length)));
    }
    return packets;
  }

  @Test
  void growsAndEndsThreeTimes() throws Exception {
    TelephoneEventSender sender = new TelephoneEventSender();
    sender.start(TelephoneEvent.eventOf('5'), 10, 1000, 800);
    assertThat(send(sender, 400))
        .containsExactly(
            new Sent(true, 1000, new TelephoneEvent(5, false, 10, 400)),
            new Sent(false, 1000, new TelephoneEvent(5, true, 10, 800)),
            new Sent(false, 1000, new TelephoneEvent(5, true, 10, 800)),
            new Sent(false, 1000, new TelephoneEvent(5, true, 10, 800)));
  }

  @Test
  void stopsWhenTold() throws Exception {
    TelephoneEventSender sender = new TelephoneEventSender();
    sender.start(1, 10, 0, 100_000);
    byte[] out = new byte[4];
    sender.next(out, 0, 400);
    sender.stop();
    assertThat(send(sender, 400)).hasSize(3).allMatch(sent -> sent.event.duration() == 400);
    sender.start(2, 10, 0, 100_000);
    sender.stop();
    assertThat(send(sender, 400)).hasSize(3).allMatch(sent -> sent.event.duration() == 400);
  }

  @Test
  void cutsALongEventToSegmentsThatMakeOneEvent() throws Exception {
    TelephoneEventSender sender = new TelephoneEventSender();
    sender.start(3, 10, 5, 150_000);
    List<Sent> packets = send(sender, 20_000);
    assertThat(packets.stream().map(Sent::timestamp).distinct())
        .containsExactly(5, 5 + 65_535, 5 + 131_070);
    TelephoneEventReceiver receiver = new TelephoneEventReceiver();
    List<Change> changes = new ArrayList<>();
    for (Sent sent : packets) {
      changes.add(receiver.handle(sent.event, sent.timestamp));
    }
    assertThat(changes).startsWith(Change.BEGUN).containsOnlyOnce(Change.BEGUN, Change.ENDED);
    assertThat(changes).endsWith(Change.ENDED, Change.NONE, Change.NONE);
    assertThat(receiver.duration()).isEqualTo(150_000);
  }

  @Test
  void tellsEventsFromRepetitions() {
    TelephoneEventReceiver receiver = new TelephoneEventReceiver();
    assertThat(receiver.handle(new TelephoneEvent(1, false, 0, 400), 100)).isEqualTo(Change.BEGUN);
    assertThat(receiver.handle(new TelephoneEvent(1, false, 0, 800), 100))
        .isEqualTo(Change.CONTINUED);
    assertThat(receiver.handle(new TelephoneEvent(1, false, 0, 400), 100)).isEqualTo(Change.NONE);
    assertThat(receiver.active()).isTrue();
    assertThat(receiver.handle(new TelephoneEvent(1, true, 0, 900), 100)).isEqualTo(Change.ENDED);
    assertThat(receiver.handle(new TelephoneEvent(1, true, 0, 900), 100)).isEqualTo(Change.NONE);
    assertThat(receiver.active()).isFalse();
    assertThat(receiver.event()).isEqualTo(1);
    assertThat(receiver.duration()).isEqualTo(900);
    // The same digit again, of which only the end arrived; then an old packet.
    assertThat(receiver.handle(new TelephoneEvent(1, true, 0, 800), 2000))
        .isEqualTo(Change.BEGUN_AND_ENDED);
    assertThat(receiver.handle(new TelephoneEvent(1, true, 0, 900), 100)).isEqualTo(Change.NONE);
    assertThat(receiver.timestamp()).isEqualTo(2000);
  }

  @Test
  void readsAndWritesPayloads() throws Exception {
    assertThat(TelephoneEvent.parse(hex("0b8a0320"), 0, 4))
        .isEqualTo(new TelephoneEvent(11, true, 10, 800));
    byte[] out = new byte[4];
    new TelephoneEvent(11, true, 10, 800).write(out, 0);
    assertThat(out).isEqualTo(hex("0b8a0320"));
    assertThatThrownBy(() -> TelephoneEvent.parse(out, 0, 3))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void knowsTheDigits() {
    for (char digit : "0123456789*#ABCD".toCharArray()) {
      assertThat(TelephoneEvent.digitOf(TelephoneEvent.eventOf(digit))).isEqualTo(digit);
    }
    assertThat(TelephoneEvent.eventOf('c')).isEqualTo(14);
    assertThat(TelephoneEvent.eventOf('x')).isEqualTo(-1);
    assertThat(TelephoneEvent.digitOf(16)).isEqualTo('\0');
  }

  @Test
  void refusesEventsThatOverlapOrDoNotExist() {
    TelephoneEventSender sender = new TelephoneEventSender();
    sender.start(1, 10, 0, 1);
    assertThatThrownBy(() -> sender.start(2, 10, 0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new TelephoneEventSender().start(256, 10, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TelephoneEventSender().next(new byte[4], 0, 1))
        .isInstanceOf(IllegalStateException.class);
  }
}
