package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

class HandoffQueueTest {
  private static final TransportAddress LOCAL = TransportAddress.parse("192.0.2.1", 1);
  private static final TransportAddress REMOTE = TransportAddress.parse("192.0.2.2", 2);

  @Test
  void carriesEveryPacketOfSeveralThreadsOnceAndInTheirOrder() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build())) {
      CoreDriver<?> driver = new Endpoint(network.nextLoop(), false).driver;
      HandoffQueue queue = new HandoffQueue(64);
      int producers = 3;
      int each = 5_000;
      AtomicInteger refused = new AtomicInteger();
      Thread[] threads = new Thread[producers];
      for (int p = 0; p < producers; p++) {
        int producer = p;
        threads[p] =
            Thread.ofPlatform()
                .start(() -> {
                  byte[] packet = new byte[12];
                  for (int i = 0; i < each; i++) {
                    ByteBuffer.wrap(packet).putInt(4, producer).putInt(8, i);
                    while (!queue.offer(driver, LOCAL, REMOTE, i & 3, packet, 4, 8)) {
                      refused.incrementAndGet();
                      Thread.yield();
                    }
                  }
                });
      }
      int[] next = new int[producers];
      int taken = 0;
      while (taken < producers * each) {
        taken +=
            queue.drain(
                100,
                (to, local, remote, ecn, buffer, length) -> {
                  assertThat(length).isEqualTo(8);
                  int producer = ByteBuffer.wrap(buffer).getInt(0);
                  int number = ByteBuffer.wrap(buffer).getInt(4);
                  assertThat(number).isEqualTo(next[producer]++);
                  assertThat(ecn).isEqualTo(number & 3);
                  assertThat(local).isSameAs(LOCAL);
                  assertThat(remote).isSameAs(REMOTE);
                  assertThat(to).isSameAs(driver);
                });
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(queue.isEmpty()).isTrue();
      assertThat(next).containsOnly(each);
    }
  }

  @Test
  void refusesWhatExceedsItsCapacity() {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build())) {
      CoreDriver<?> driver = new Endpoint(network.nextLoop(), false).driver;
      HandoffQueue queue = new HandoffQueue(5);
      for (int i = 0; i < 8; i++) {
        assertThat(queue.offer(driver, LOCAL, REMOTE, 0, new byte[3000], 0, 3000)).isTrue();
      }
      assertThat(queue.offer(driver, LOCAL, REMOTE, 0, new byte[1], 0, 1)).isFalse();
      assertThat(queue.drain(3, (to, local, remote, ecn, buffer, length) -> {})).isEqualTo(3);
      assertThat(queue.offer(driver, LOCAL, REMOTE, 0, new byte[1], 0, 1)).isTrue();
    }
  }
}
