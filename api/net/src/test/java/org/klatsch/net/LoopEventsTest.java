package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

class LoopEventsTest {
  @Test
  void recordsStallsAndCounters() throws Exception {
    Path file = Files.createTempFile("loop", ".jfr");
    try (Recording recording = new Recording();
        NetworkDriver network =
            new NetworkDriver(
                LoopOptions.DEFAULT.with().loops(1).stallThreshold(Duration.ofNanos(1)).build())) {
      recording.start();
      EventLoop loop = network.nextLoop();
      CountDownLatch reported = new CountDownLatch(1);
      // Counters are reported once a second: a turn after that comes from this timer.
      loop.execute(() -> loop.timer(reported::countDown).set(loop.now() + 1_100_000_000L));
      reported.await();
      assertThat(loop.call(() -> loop.counters().stalls())).isPositive();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    Files.delete(file);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("org.klatsch.LoopStall"))
        .isNotEmpty()
        .allMatch(event -> event.getString("loop").equals("klatsch-loop-0"))
        .allMatch(event -> event.getDuration("worked").isPositive());
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("org.klatsch.LoopCounters"))
        .isNotEmpty()
        .allMatch(event -> event.getLong("turns") > 0);
  }
}
