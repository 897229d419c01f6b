package org.klatsch.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.klatsch.codecs.Codecs;
import org.klatsch.webrtc.PeerConnectionFactory;

/// How many two-way calls of bots one core bears: `opus|pcmu PAIRS SECONDS [installed]`. Pairs of
/// bots speak to each other over loopback, with encryption, sockets, jitter buffer, PCM in and out;
/// each of the two ends counts as a call. CPU time is that of the whole process. Codecs are those
/// in Java unless `installed` asks for native ones too.
public final class BotCallsBench {
  /// At least so long, so that playout has settled.
  private static final int WARM_SECONDS = 12;

  /// Compilation is over when it took less than this in five seconds; at the latest after so long.
  private static final long QUIET_COMPILER_MILLIS = 250;

  private static final int MAX_WARM_SECONDS = 120;

  private BotCallsBench() {}

  /// Runs and prints.
  public static void main(String[] arguments) throws Exception {
    String codec = arguments[0];
    int pairs = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    boolean installed = arguments.length > 3 && arguments[3].equals("installed");
    Codecs codecs = installed ? Codecs.installed() : BotCall.pureJava();
    int rateHz = codec.equals("opus") ? 16_000 : 8_000;
    short[] voice = Voice.of(rateHz, 10 * rateHz, 1);
    List<BotCall.End> ends = new ArrayList<>();
    try (PeerConnectionFactory factory = new PeerConnectionFactory(BotCall.loopback(codecs));
        ScheduledExecutorService mouths = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i < pairs; i++) {
        BotCall call = new BotCall(factory, codec, rateHz);
        ends.add(call.a);
        ends.add(call.b);
        call.connect();
      }
      int[] second = new int[1];
      var _ =
          mouths.scheduleAtFixedRate(
              () -> {
                int at = second[0]++ % 10 * rateHz;
                ends.forEach(end -> end.source.push(voice, at, rateHz));
              },
              0,
              1,
              TimeUnit.SECONDS);
      TimeUnit.SECONDS.sleep(WARM_SECONDS);
      awaitCompiler();
      long[] before = played(ends);
      double cpuBefore = cpuSeconds();
      long begun = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      double passed = (System.nanoTime() - begun) * 1e-9;
      double cpu = (cpuSeconds() - cpuBefore) / passed;
      long[] after = played(ends);
      long silent = ends.stream().filter(end -> end.heard.get() == 0).count();
      System.out.printf(
          Locale.ROOT,
          "{\"ok\":%b,\"callsPerCore\":%.1f,\"cores\":%.3f,\"concealedPercent\":%.3f,"
              + "\"silentEnds\":%d}%n",
          silent == 0,
          ends.size() / cpu,
          cpu,
          100.0 * (after[0] - before[0]) / Math.max(1, after[1] - before[1]),
          silent);
      mouths.shutdownNow();
      System.exit(0);
    }
  }

  private static long[] played(List<BotCall.End> ends) {
    long[] sum = new long[2];
    for (BotCall.End each : ends) {
      long[] played = each.played();
      sum[0] += played[0];
      sum[1] += played[1];
    }
    return sum;
  }

  /// The compiler needs as much of a processor as all calls: what counts is what a server pays that
  /// runs for long.
  private static void awaitCompiler() throws InterruptedException {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    for (int passed = 0; passed < MAX_WARM_SECONDS; passed += 5) {
      long before = compiler.getTotalCompilationTime();
      TimeUnit.SECONDS.sleep(5);
      if (compiler.getTotalCompilationTime() - before < QUIET_COMPILER_MILLIS) {
        return;
      }
    }
  }

  private static double cpuSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() * 1e-9;
  }
}
