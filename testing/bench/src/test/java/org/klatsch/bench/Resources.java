package org.klatsch.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What this process holds.
///
/// @param heapBytes used after collection
/// @param directBytes of direct buffers
/// @param residentKb VmRSS, the system's view of the memory in use; 0 where there is no `/proc`
/// @param threads of the platform; virtual ones are on the heap
/// @param descriptors open files and sockets; 0 where there is no `/proc`
record Resources(long heapBytes, long directBytes, long residentKb, int threads, int descriptors) {
  /// Collections until two in a row free nothing more: what a Cleaner frees is only then garbage.
  private static final int COLLECTIONS = 20;

  static Resources now() {
    long used = collect();
    for (int i = 0; i < COLLECTIONS; i++) {
      LockSupport.parkNanos(50_000_000);
      long again = collect();
      boolean settled = used - again < used / 1000;
      used = again;
      if (settled && i > 1) {
        break;
      }
    }
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return new Resources(
        used,
        direct,
        residentKilobytes(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        openDescriptors());
  }

  private static long collect() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long residentKilobytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int openDescriptors() {
    String[] names = Path.of("/proc/self/fd").toFile().list();
    return names == null ? 0 : names.length;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap=%.2fMiB direct=%.2fMiB rss=%.1fMiB threads=%d descriptors=%d",
        heapBytes / 1048576.0,
        directBytes / 1048576.0,
        residentKb / 1024.0,
        threads,
        descriptors);
  }
}
