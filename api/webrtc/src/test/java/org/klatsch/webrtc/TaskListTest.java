package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TaskListTest {
  @Test
  void runsTasksOneAfterTheOtherInTheOrderOfPosting() throws Exception {
    TaskList tasks = new TaskList(null, "test");
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1000);
    for (int i = 0; i < 1000; i++) {
      int number = i;
      tasks.post(() -> {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        seen.add(number);
        running.decrementAndGet();
        done.countDown();
      });
    }
    done.await();
    assertThat(seen).hasSize(1000).isSorted();
    assertThat(most.get()).isEqualTo(1);
  }

  @Test
  void runsTasksOfManyThreadsWithoutLosingOne() throws Exception {
    TaskList tasks = new TaskList(null, "test");
    int threads = 8;
    int each = 5000;
    int[] count = new int[1];
    CountDownLatch done = new CountDownLatch(threads * each);
    for (int t = 0; t < threads; t++) {
      Thread.ofVirtual()
          .start(() -> {
            for (int i = 0; i < each; i++) {
              tasks.post(() -> {
                count[0]++;
                done.countDown();
              });
            }
          });
    }
    done.await();
    assertThat(count[0]).isEqualTo(threads * each);
  }

  @Test
  void usesVirtualThreadsByDefault() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    new TaskList(null, "a-name").post(() -> thread.complete(Thread.currentThread()));
    assertThat(thread.get().isVirtual()).isTrue();
    assertThat(thread.get().getName()).isEqualTo("a-name");
  }

  @Test
  void goesOnAfterATaskThatThrows() throws Exception {
    TaskList tasks = new TaskList(null, "test");
    CountDownLatch second = new CountDownLatch(1);
    tasks.post(() -> {
      throw new IllegalArgumentException("meant");
    });
    tasks.post(second::countDown);
    second.await();
  }

  @Test
  void aDirectExecutorRunsTheTaskAtOnceAndANestedOneBehindIt() {
    TaskList tasks = new TaskList(Runnable::run, "test");
    List<String> seen = new ArrayList<>();
    tasks.post(() -> {
      seen.add("outer begins");
      tasks.settle(() -> seen.add("nested"));
      seen.add("outer ends");
    });
    assertThat(seen).containsExactly("outer begins", "outer ends", "nested");
  }

  @Test
  void aSuppliedExecutorSeesEverythingInOrderOnItsThread() throws Exception {
    try (ExecutorService single = Executors.newSingleThreadExecutor()) {
      TaskList tasks = new TaskList(single, "test");
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      AtomicReference<Thread> thread = new AtomicReference<>();
      single.submit(() -> thread.set(Thread.currentThread())).get();
      CountDownLatch done = new CountDownLatch(1);
      tasks.post(() -> seen.add("event " + (Thread.currentThread() == thread.get())));
      tasks.settle(() -> seen.add("settled " + (Thread.currentThread() == thread.get())));
      tasks.post(done::countDown);
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(seen).containsExactly("event true", "settled true");
    }
  }

  @Test
  void aListenerMayWaitForAPromise() throws Exception {
    TaskList tasks = new TaskList(null, "test");
    CompletableFuture<String> promise = new CompletableFuture<>();
    CompletableFuture<String> result = new CompletableFuture<>();
    tasks.post(() -> result.complete(promise.join()));
    tasks.settle(() -> promise.complete("settled"));
    assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo("settled");
  }

  @Test
  void aListenerMayWaitForAPromiseThatIsSettledBehindOtherEvents() throws Exception {
    TaskList tasks = new TaskList(null, "test");
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<Void> second = new CompletableFuture<>();
    CountDownLatch done = new CountDownLatch(2);
    tasks.post(() -> {
      first.join();
      second.join();
      seen.add("listener");
      done.countDown();
    });
    tasks.post(() -> {
      seen.add("event");
      done.countDown();
    });
    tasks.settle(() -> first.complete(null));
    tasks.settle(() -> second.complete(null));
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).containsExactly("listener", "event");
  }

  @Test
  void aSettlementRunsOnceOnly() throws Exception {
    for (int round = 0; round < 200; round++) {
      TaskList tasks = new TaskList(null, "test");
      AtomicInteger settled = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(1);
      tasks.post(Thread::yield);
      tasks.settle(settled::incrementAndGet);
      tasks.post(done::countDown);
      done.await();
      assertThat(settled.get()).isEqualTo(1);
    }
  }

  @Test
  void anExecutorThatIsShutDownIsNoError() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    executor.shutdown();
    TaskList tasks = new TaskList(executor, "test");
    AtomicInteger ran = new AtomicInteger();
    tasks.post(ran::incrementAndGet);
    tasks.settle(ran::incrementAndGet);
    assertThat(ran.get()).isZero();
  }
}
