package org.klatsch.gateway.media;

import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.atomic.AtomicInteger;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.PortRange;
import org.klatsch.net.UdpPort;
import org.klatsch.sansio.TransportAddress;

/// Gives out pairs of UDP ports: an even one for RTP and the next for RTCP, RFC 3550 §11. Each in
/// its turn, so that packets of a call that has ended do not reach the next one. Thread-safe.
public final class RtpPorts {
  private final int first;
  private final int pairs;
  private final AtomicInteger next = new AtomicInteger();

  /// @throws IllegalArgumentException when the range holds no pair
  public RtpPorts(int from, int to) {
    first = from + (from & 1);
    pairs = (to - first + 1) / 2;
    if (from < 1 || to > 0xffff || pairs < 1) {
      throw new IllegalArgumentException(
          "ports " + from + "-" + to + ", expected a range with an even port and the next one");
    }
  }

  /// Two ports that belong together.
  record Pair(UdpPort rtp, UdpPort rtcp) {}

  /// Opens the next free pair; on the driver's loop.
  Pair open(CoreDriver<?> driver, TransportAddress host) throws IOException {
    for (int i = 0; i < pairs; i++) {
      int port = first + 2 * Math.floorMod(next.getAndIncrement(), pairs);
      UdpPort rtp;
      try {
        rtp = driver.open(host, PortRange.of(port));
      } catch (BindException e) {
        continue;
      }
      try {
        return new Pair(rtp, driver.open(host, PortRange.of(port + 1)));
      } catch (BindException e) {
        driver.close(rtp);
      }
    }
    throw new BindException("all " + pairs + " pairs of ports from " + first + " are taken");
  }
}
