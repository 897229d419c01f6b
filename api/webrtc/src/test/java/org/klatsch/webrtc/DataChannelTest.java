package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DataChannelTest {
  private static void fails(String name, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  @Test
  void textAndBinaryTravelBothWays() {
    for (Executor executor : new Executor[] {null, Runnable::run}) {
      try (Pair pair = new Pair(executor)) {
        RTCDataChannel[] channels = pair.connect();
        CompletableFuture<Object> text = new CompletableFuture<>();
        CompletableFuture<Object> binary = new CompletableFuture<>();
        channels[1].onMessage(e -> text.complete(e.data()));
        channels[0].onMessage(e -> binary.complete(e.data()));
        channels[0].send("Grüße 😀 \ud800!");
        assertThat(await(text)).isEqualTo("Grüße 😀 \ufffd!");
        channels[1].send(new byte[] {1, 2, 3});
        assertThat((byte[]) await(binary)).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void aThousandMessagesOfMixedSizesArriveInOrder() throws Exception {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      List<byte[]> sent = new ArrayList<>();
      List<byte[]> received = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch all = new CountDownLatch(1000);
      channels[1].onMessage(e -> {
        received.add(e.bytes());
        all.countDown();
      });
      for (int i = 0; i < 1000; i++) {
        int size =
            switch (random.nextInt(10)) {
              case 0 -> 0;
              case 1 -> random.nextInt(200_000);
              default -> random.nextInt(3000);
            };
        byte[] message = new byte[size];
        random.nextBytes(message);
        sent.add(message);
        while (channels[0].bufferedAmount() > 4_000_000) {
          Thread.onSpinWait();
        }
        channels[0].send(message);
        Arrays.fill(message, 0, 0, (byte) 0);
      }
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(received).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
    }
  }

  @Test
  void partsOfArraysAndBuffersAreSent() throws Exception {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      List<Object> received = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch three = new CountDownLatch(3);
      channels[1].binaryType(BinaryType.BYTEBUFFER);
      channels[1].onMessage(e -> {
        received.add(e.data());
        three.countDown();
      });
      byte[] array = {0, 1, 2, 3, 4};
      channels[0].send(array, 1, 3);
      ByteBuffer heap = ByteBuffer.wrap(array).position(2);
      channels[0].send(heap);
      assertThat(heap.hasRemaining()).isFalse();
      ByteBuffer direct = ByteBuffer.allocateDirect(2).put((byte) 9).put((byte) 8).flip();
      channels[0].send(direct.asReadOnlyBuffer());
      Arrays.fill(array, (byte) 7);
      three.await();
      assertThat(received)
          .containsExactly(
              ByteBuffer.wrap(new byte[] {1, 2, 3}),
              ByteBuffer.wrap(new byte[] {2, 3, 4}),
              ByteBuffer.wrap(new byte[] {9, 8}));
      assertThat(((ByteBuffer) received.getFirst()).isReadOnly()).isTrue();
      assertThatThrownBy(() -> channels[0].send(array, 3, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void everyKindOfChannelIsAnnouncedAsItWasMade() {
    List<RTCDataChannelInit> kinds =
        List.of(
            new RTCDataChannelInit(),
            new RTCDataChannelInit().withOrdered(false),
            new RTCDataChannelInit().withMaxRetransmits(0),
            new RTCDataChannelInit().withOrdered(false).withMaxRetransmits(65_535),
            new RTCDataChannelInit().withMaxPacketLifeTime(500),
            new RTCDataChannelInit().withOrdered(false).withMaxPacketLifeTime(1),
            new RTCDataChannelInit().withProtocol("größe").withPriority(RTCPriorityType.HIGH));
    try (Pair pair = new Pair()) {
      for (RTCDataChannelInit kind : kinds) {
        CompletableFuture<RTCDataChannel> announced = new CompletableFuture<>();
        pair.b.onDataChannel(e -> announced.complete(e.channel()));
        RTCDataChannel local = pair.a.createDataChannel("läbel", kind);
        if (pair.a.signalingState() == RTCSignalingState.STABLE
            && pair.a.localDescription() == null) {
          pair.negotiate();
        }
        RTCDataChannel remote = await(announced);
        assertThat(remote.label()).isEqualTo("läbel");
        assertThat(remote.ordered()).isEqualTo(kind.ordered());
        assertThat(remote.maxRetransmits()).isEqualTo(kind.maxRetransmits());
        assertThat(remote.maxPacketLifeTime()).isEqualTo(kind.maxPacketLifeTime());
        assertThat(remote.protocol()).isEqualTo(kind.protocol());
        assertThat(remote.priority()).isEqualTo(kind.priority());
        assertThat(remote.negotiated()).isFalse();
        assertThat(remote.id()).isNotNull().isEqualTo(local.id());
        CompletableFuture<Object> echo = new CompletableFuture<>();
        local.onMessage(e -> echo.complete(e.data()));
        remote.onMessage(e -> remote.send((String) e.data()));
        await(Pair.opened(local));
        local.send("x");
        assertThat(await(echo)).isEqualTo("x");
      }
    }
  }

  @Test
  void negotiatedChannelsNeedNoAnnouncement() {
    try (Pair pair = new Pair()) {
      RTCDataChannelInit init = new RTCDataChannelInit().withNegotiated(true).withId(5);
      RTCDataChannel a = pair.a.createDataChannel("here", init);
      RTCDataChannel b = pair.b.createDataChannel("there", init);
      pair.b.onDataChannel(e -> fail("nothing is announced: " + e.channel()));
      CompletableFuture<Object> message = new CompletableFuture<>();
      b.onMessage(e -> message.complete(e.data()));
      CompletableFuture<Void> open = Pair.opened(a);
      pair.negotiate();
      await(open);
      a.send("over");
      assertThat(await(message)).isEqualTo("over");
      assertThat(a.id()).isEqualTo(5);
      fails("OperationError", () -> pair.a.createDataChannel("again", init));
    }
  }

  private static void fail(String message) {
    throw new AssertionError(message);
  }

  @Test
  void closingOneEndClosesTheOther() {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      channels[1].onMessage(_ -> order.add("message"));
      channels[1].onClosing(_ -> order.add("closing " + channels[1].readyState()));
      channels[1].onClose(_ -> order.add("close " + channels[1].readyState()));
      CompletableFuture<Void> here = Pair.closed(channels[0]);
      CompletableFuture<Void> there = Pair.closed(channels[1]);
      channels[0].send(new byte[100_000]);
      channels[0].close();
      assertThat(channels[0].readyState()).isNotEqualTo(RTCDataChannelState.OPEN);
      fails("InvalidStateError", () -> channels[0].send("late"));
      await(here);
      await(there);
      assertThat(order).containsExactly("message", "closing closing", "close closed");
      assertThat(channels[0].readyState()).isEqualTo(RTCDataChannelState.CLOSED);
      // The connection goes on, and the stream can be used again.
      CompletableFuture<RTCDataChannel> next = new CompletableFuture<>();
      pair.b.onDataChannel(e -> next.complete(e.channel()));
      pair.a.createDataChannel("next");
      assertThat(await(next).label()).isEqualTo("next");
    }
  }

  @Test
  void closingTheConnectionClosesThePeersChannels() {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      CompletableFuture<Void> there = Pair.closed(channels[1]);
      pair.a.close();
      assertThat(channels[0].readyState()).isEqualTo(RTCDataChannelState.CLOSED);
      await(there);
    }
  }

  @Test
  void sendIsRefusedUnlessOpenAndWithinTheLimits() {
    PeerConnectionOptions options = Pair.options().withSendLimit(300_000);
    try (Pair pair = new Pair(options)) {
      RTCDataChannel early = pair.a.createDataChannel("early");
      assertThat(early.readyState()).isEqualTo(RTCDataChannelState.CONNECTING);
      assertThat(early.id()).isNull();
      fails("InvalidStateError", () -> early.send("x"));
      RTCDataChannel[] channels = pair.connect();
      assertThat(pair.a.sctp().maxMessageSize()).isEqualTo(262_144);
      fails("TypeError", () -> channels[0].send(new byte[262_145]));
      channels[1].receivePaused(true);
      fails(
          "OperationError",
          () -> {
            while (true) {
              channels[0].send(new byte[100_000]);
            }
          });
      assertThat(channels[0].bufferedAmount()).isLessThanOrEqualTo(300_000);
    }
  }

  @Test
  void bufferedAmountFallsAndTheListenerIsToldOnce() throws Exception {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      AtomicInteger low = new AtomicInteger();
      CompletableFuture<Void> told = new CompletableFuture<>();
      channels[0].bufferedAmountLowThreshold(50_000);
      channels[0].onBufferedAmountLow(_ -> {
        low.incrementAndGet();
        told.complete(null);
      });
      CountDownLatch received = new CountDownLatch(10);
      channels[1].onMessage(_ -> received.countDown());
      for (int i = 0; i < 10; i++) {
        channels[0].send(new byte[200_000]);
      }
      await(told);
      received.await();
      assertThat(channels[0].bufferedAmount()).isZero();
      assertThat(low.get()).isPositive();
      fails("TypeError", () -> channels[0].bufferedAmountLowThreshold(-1));
    }
  }

  @Test
  void messagesThatComeBeforeAListenerAreNotLost() {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      channels[0].send("first");
      channels[0].send("second");
      CompletableFuture<Void> marker = new CompletableFuture<>();
      pair.b.onDataChannel(e -> e.channel().onMessage(_ -> marker.complete(null)));
      RTCDataChannel other = pair.a.createDataChannel("marker");
      await(Pair.opened(other));
      other.send("x");
      await(marker);
      List<Object> seen = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch both = new CountDownLatch(2);
      channels[1].onMessage(e -> {
        seen.add(e.data());
        both.countDown();
      });
      await(CompletableFuture.runAsync(() -> awaitLatch(both)));
      assertThat(seen).containsExactly("first", "second");
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void streamsCarryBytesWithBackPressure() throws Exception {
    int size = 20_000_000;
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      InputStream in = channels[1].inputStream();
      OutputStream out = channels[0].outputStream();
      AtomicLong written = new AtomicLong();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> {
            try (out) {
              byte[] block = new byte[100_000];
              for (int i = 0; i < size; i += block.length) {
                Arrays.fill(block, (byte) (i / block.length));
                out.write(block);
                written.addAndGet(block.length);
              }
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      byte[] block = new byte[100_000];
      for (int i = 0; i < size; i += block.length) {
        assertThat(in.readNBytes(block, 0, block.length)).isEqualTo(block.length);
        assertThat(block[0]).isEqualTo((byte) (i / block.length));
        assertThat(block[99_999]).isEqualTo((byte) (i / block.length));
        if (i == 0) {
          // A writer far ahead of its reader waits: window, send buffer and high water.
          assertThat(written.get()).isLessThanOrEqualTo(size);
        }
      }
      assertThat(in.read()).isEqualTo(-1);
      await(writer);
    }
  }

  @Test
  void aWriterWaitsForASlowReader() throws Exception {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      InputStream in = channels[1].inputStream();
      OutputStream out = channels[0].outputStream();
      int size = 60_000_000;
      AtomicLong written = new AtomicLong();
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  byte[] block = new byte[64 * 1024];
                  while (written.get() < size) {
                    out.write(block);
                    written.addAndGet(block.length);
                  }
                  out.close();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(in.read()).isZero();
      // The writer stands still once window, send buffer and high water are full.
      long before;
      do {
        before = written.get();
        assertThat(writer.join(java.time.Duration.ofMillis(300))).isFalse();
      } while (written.get() != before);
      assertThat(written.get()).isLessThan(size);
      assertThat(in.readAllBytes()).hasSizeGreaterThanOrEqualTo(size - 1);
      writer.join();
    }
  }

  @Test
  void textIsReadAsUtf8ByAStream() throws Exception {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      InputStream in = channels[1].inputStream();
      channels[0].send("zwölf\n");
      channels[0].send("Boxkämpfer\n");
      channels[0].close();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("zwölf\nBoxkämpfer\n");
    }
  }

  @Test
  void aPausedChannelHoldsMessagesUntilItGoesOn() {
    try (Pair pair = new Pair()) {
      RTCDataChannel[] channels = pair.connect();
      CompletableFuture<Object> message = new CompletableFuture<>();
      channels[1].onMessage(e -> message.complete(e.data()));
      channels[1].receivePaused(true);
      channels[0].send("held");
      CompletableFuture<Object> echo = new CompletableFuture<>();
      channels[0].onMessage(e -> echo.complete(e.data()));
      channels[1].send("other way");
      await(echo);
      assertThat(message).isNotDone();
      channels[1].receivePaused(false);
      assertThat(await(message)).isEqualTo("held");
    }
  }
}
