package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransmitBuffer;

/// How fast two associations in one thread move messages, without crypto and sockets.
@Tag("long")
class ThroughputBenchmark {
  private long now = 1_000_000_000L;

  private double gigabits(SctpOptions options, int messageSize, long total) {
    SctpAssociation a = new SctpAssociation(options, new SeededRandom(1));
    SctpAssociation b = new SctpAssociation(options, new SeededRandom(2));
    TransmitBuffer out = new TransmitBuffer(64, 1500);
    a.connect(now);
    long received = 0;
    long queued = 0;
    long started = System.nanoTime();
    byte[] message = new byte[messageSize];
    while (received < total) {
      while (a.state() == SctpAssociation.State.ESTABLISHED
          && a.bufferedAmount() < 1_000_000
          && queued < total) {
        if (!a.send(now, 0, 53, message, 0, messageSize, SendOptions.RELIABLE)) {
          break;
        }
        queued += messageSize;
      }
      now += 50_000;
      turn(a, b, out);
      now += 50_000;
      turn(b, a, out);
      a.pollEvent();
      for (SctpEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
        if (e instanceof SctpEvent.Message m) {
          received += m.data().length;
          b.consumed(now, m.windowBytes());
        }
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return received * 8 / seconds / 1e9;
  }

  private void turn(SctpAssociation from, SctpAssociation to, TransmitBuffer out) {
    from.handleTimeout(now);
    while (!out.isFull() && from.pollTransmit(now, out)) {}
    for (int i = 0; i < out.packetCount(); i++) {
      to.handlePacket(now, out.array(), out.packetOffset(i), out.packetLength(i));
    }
    out.clear();
  }

  @Test
  void movesMessages() {
    for (int size : new int[] {65_536, 1_200, 100}) {
      for (boolean interleaving : new boolean[] {true, false}) {
        for (boolean zero : new boolean[] {true, false}) {
          SctpOptions options =
              SctpOptions.defaults().toBuilder()
                  .interleaving(interleaving)
                  .zeroChecksum(zero)
                  .packetSize(1192, 1192)
                  .build();
          long total = size == 100 ? 50_000_000L : 1_000_000_000L;
          gigabits(options, size, total);
          double best = gigabits(options, size, total);
          System.out.printf(
              Locale.ROOT,
              "%6d B %s, %s: %.2f Gbit/s%n",
              size,
              interleaving ? "I-DATA" : "DATA",
              zero ? "zero checksum" : "CRC32c",
              best);
          assertThat(best).isGreaterThan(0.1);
        }
      }
    }
  }
}
