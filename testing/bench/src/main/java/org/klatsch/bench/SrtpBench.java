package org.klatsch.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.klatsch.srtp.SrtpContext;
import org.klatsch.srtp.SrtpException;
import org.klatsch.srtp.SrtpOptions;
import org.klatsch.srtp.SrtpSuite;

/// Klatsch's SRTP behind the command line of the SRTP peers: `cm|gcm SIZE SECONDS` protects and
/// unprotects packets on one thread, and prints how many per second of that thread's CPU time.
public final class SrtpBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int PACKETS = 1_000;

  /// Until the compiler has done its work.
  private static final double WARM_SECONDS = 3;

  private final SrtpContext sender;
  private final SrtpContext receiver;
  private final byte[] packet;
  private final int size;
  private int number;

  private SrtpBench(SrtpSuite suite, int size) {
    byte[] key = new byte[suite.keyLength()];
    byte[] salt = new byte[suite.saltLength()];
    this.sender = SrtpContext.outbound(suite, key, salt, SrtpOptions.DEFAULT);
    this.receiver = SrtpContext.inbound(suite, key, salt, SrtpOptions.DEFAULT);
    this.size = size;
    this.packet = new byte[size + sender.rtpOverhead()];
    packet[0] = (byte) 0x80;
    packet[1] = 96;
    packet[11] = 1;
  }

  /// Runs and prints.
  public static void main(String[] arguments) throws SrtpException {
    SrtpSuite suite =
        arguments[0].equals("gcm") ? SrtpSuite.AEAD_AES_128_GCM : SrtpSuite.AES_CM_128_HMAC_SHA1_80;
    SrtpBench bench = new SrtpBench(suite, Integer.parseInt(arguments[1]));
    bench.run(WARM_SECONDS);
    double rate = bench.run(Double.parseDouble(arguments[2]));
    System.out.printf(Locale.ROOT, "{\"ok\":true,\"packetsPerSecond\":%.0f}%n", rate);
  }

  private double run(double seconds) throws SrtpException {
    long begun = THREADS.getCurrentThreadCpuTime();
    long limit = (long) (seconds * 1e9);
    long passed;
    long count = 0;
    do {
      for (int i = 0; i < PACKETS; i++) {
        round();
      }
      count += PACKETS;
      passed = THREADS.getCurrentThreadCpuTime() - begun;
    } while (passed < limit);
    return count * 1e9 / passed;
  }

  private void round() throws SrtpException {
    packet[2] = (byte) (number >> 8);
    packet[3] = (byte) number;
    number++;
    int length = receiver.unprotectRtp(packet, 0, sender.protectRtp(packet, 0, size));
    if (length != size) {
      throw new IllegalStateException(length + " bytes came out, expected " + size);
    }
  }
}
