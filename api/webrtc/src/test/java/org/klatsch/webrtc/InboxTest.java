package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class InboxTest {
  private final AtomicInteger released = new AtomicInteger();
  private final AtomicInteger posted = new AtomicInteger();
  private final Inbox inbox = new Inbox(released::addAndGet, posted::incrementAndGet);

  private static Inbox.Message message(int length) {
    return new Inbox.Message(new byte[length], false, length);
  }

  @Test
  void keepsMessagesUntilTheFirstListenerIsThere() {
    inbox.add(message(10));
    inbox.add(message(20));
    assertThat(posted).hasValue(0);
    assertThat(inbox.next()).isNull();
    inbox.listen();
    assertThat(posted).hasValue(2);
    assertThat(inbox.next().data()).hasSize(10);
    assertThat(inbox.next().data()).hasSize(20);
    assertThat(inbox.next()).isNull();
  }

  @Test
  void holdsTheWindowUntilDelivered() {
    inbox.listen();
    Inbox.Message message = message(10);
    inbox.add(message);
    assertThat(released).hasValue(0);
    inbox.delivered(inbox.next());
    assertThat(released).hasValue(10);
  }

  @Test
  void discardsWhatNobodyEverListensTo() {
    inbox.add(message(Inbox.UNHEARD_LIMIT));
    inbox.add(message(1));
    assertThat(released).hasValue(1);
  }

  @Test
  void keepsMessagesWhilePaused() {
    inbox.listen();
    inbox.pause(true);
    inbox.add(message(1));
    inbox.add(message(2));
    assertThat(posted).hasValue(0);
    assertThat(inbox.next()).isNull();
    inbox.pause(false);
    assertThat(posted).hasValue(2);
    assertThat(inbox.next().data()).hasSize(1);
  }

  @Test
  void aStreamTakesWhatWasNotDelivered() throws Exception {
    inbox.listen();
    inbox.add(message(5));
    inbox.stream();
    assertThat(inbox.next()).isNull();
    assertThat(inbox.take().data()).hasSize(5);
  }

  @Test
  void aReaderWaitsForAMessageAndForTheEnd() throws Exception {
    inbox.stream();
    ChannelInputStream stream = new ChannelInputStream(inbox);
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            all.complete(stream.readAllBytes());
          } catch (Exception e) {
            all.completeExceptionally(e);
          }
        });
    inbox.add(new Inbox.Message(new byte[] {1, 2}, false, 2));
    inbox.add(new Inbox.Message(new byte[0], false, 1));
    inbox.add(new Inbox.Message(new byte[] {3}, false, 1));
    inbox.end();
    assertThat(all.get(20, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
    assertThat(released).hasValue(4);
  }

  @Test
  void aClosedStreamGivesTheWindowBack() throws Exception {
    inbox.stream();
    inbox.add(message(5));
    inbox.add(message(6));
    ChannelInputStream stream = new ChannelInputStream(inbox);
    assertThat(stream.read()).isZero();
    stream.close();
    assertThat(released).hasValue(11);
    inbox.add(message(7));
    assertThat(released).hasValue(18);
  }
}
