package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a packet costs. Times are CPU time of the thread, so that other programs count little.
class SrtpCostTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SIZE = 1_100;

  /// A sender and its receiver, and a packet that goes from one to the other.
  private static final class Path {
    final SrtpContext sender;
    final SrtpContext receiver;
    final byte[] buffer;
    final int size;
    private int number;
    private int length;

    Path(SrtpSuite suite, int size) {
      this.sender = SrtpContextTest.sender(suite, SrtpOptions.DEFAULT);
      this.receiver = SrtpContextTest.receiver(suite, SrtpOptions.DEFAULT);
      this.size = size;
      this.buffer = new byte[size + sender.rtpOverhead()];
      buffer[0] = (byte) 0x80;
    }

    void protect() throws SrtpException {
      Wire.u16(buffer, 2, number++);
      length = sender.protectRtp(buffer, 0, size);
    }

    void both() throws SrtpException {
      protect();
      receiver.unprotectRtp(buffer, 0, length);
    }
  }

  private static long allocated(Path path, int times) throws SrtpException {
    long id = Thread.currentThread().threadId();
    long before = THREADS.getThreadAllocatedBytes(id);
    for (int i = 0; i < times; i++) {
      path.both();
    }
    return (THREADS.getThreadAllocatedBytes(id) - before) / times;
  }

  /// The JDK's ciphers and digests allocate whatever the packet's length is, about 1 KB for GCM; a
  /// copy of the packet anywhere on its way would show.
  @ParameterizedTest
  @EnumSource
  void allocatesTheSameForLongPacketsAsForShortOnes(SrtpSuite suite) throws SrtpException {
    Path small = new Path(suite, 100);
    Path large = new Path(suite, 10_000);
    allocated(small, 300);
    allocated(large, 50);
    long ofSmall = allocated(small, 300);
    long ofLarge = allocated(large, 100);
    assertThat(ofSmall).isLessThan(8_000);
    assertThat(ofLarge).isLessThan(ofSmall + 4_000);
  }

  @Test
  @Tag("long")
  void tellsHowFastEverySuiteIs() throws SrtpException {
    for (int size : new int[] {SIZE, 160}) {
      for (SrtpSuite suite : SrtpSuite.values()) {
        Path path = new Path(suite, size);
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 60; round++) {
          int times = 10_000;
          long start = THREADS.getCurrentThreadCpuTime();
          for (int i = 0; i < times; i++) {
            path.both();
          }
          best = Math.min(best, (double) (THREADS.getCurrentThreadCpuTime() - start) / times);
        }
        System.out.printf(
            Locale.ROOT,
            "%s, %d bytes: protect and unprotect %.0f ns, %.0f k/s; %d bytes of garbage%n",
            suite,
            size,
            best,
            1e6 / best,
            allocated(path, 10_000));
        assertThat(best).isPositive();
      }
    }
  }
}
