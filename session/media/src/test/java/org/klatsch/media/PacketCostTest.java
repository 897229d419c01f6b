package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.sansio.ProtocolCore;

/// What packets and frames allocate. The bounds hold for interpreted code too, of which compiled
/// code only leaves objects out: no noise reaches them.
class PacketCostTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SSRC = 0x3333_0000;
  private static final long MS = 1_000_000;
  private static final long FRAME = 33 * MS;
  private static final int PACKET = 1_200;

  /// Packets of a frame of video.
  private static final int PACKETS = 10;

  /// 240 kbit a frame: 7 Mbit/s, which the pacer must let pass.
  private static final RtpTransportOptions OPTIONS =
      RtpTransportOptions.DEFAULT.withBitrates(30_000, 20_000_000, 20_000_000);

  private static final List<RtpHeaderExtension> EXTENSIONS =
      List.of(
          TransportPair.MID,
          TransportPair.LEVEL,
          TransportPair.SEND_TIME,
          TransportPair.TRANSPORT_SEQUENCE);

  private final RtpTransport from = transport(1);
  private final RtpTransport to = transport(2);
  private final byte[][] wire = new byte[64][PACKET];
  private final int[] lengths = new int[64];
  private final byte[] back = new byte[PACKET];
  private long now = 1_000 * MS;
  private long packets;
  private long sending;
  private long receiving;

  private static RtpTransport transport(int seed) {
    RtpTransport transport = new RtpTransport(OPTIONS, new SplittableRandom(seed));
    transport.wallClock(0, NtpTime.ofEpoch(1_767_225_600, 0));
    transport.connect(0);
    return transport;
  }

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /// Brings to the other end what is to be sent, and back what that has to say.
  private void exchange(Runnable act) {
    long before = allocated();
    act.run();
    from.handleTimeout(now);
    int count = 0;
    int length;
    while ((length = from.writeTransmit(now, wire[count], 0, PACKET)) > 0) {
      lengths[count++] = length;
    }
    long between = allocated();
    for (int i = 0; i < count; i++) {
      if (RtpPacket.isRtcp(wire[i], 0, lengths[i])) {
        to.handleRtcp(now, wire[i], 0, lengths[i]);
      } else {
        to.handleRtp(now, wire[i], 0, lengths[i]);
      }
    }
    for (MediaEvent event = to.pollEvent(); event != null; event = to.pollEvent()) {}
    long after = allocated();
    sending += between - before;
    receiving += after - between;
    packets += count;
    answer();
  }

  /// Reports and feedback; not counted.
  private void answer() {
    to.handleTimeout(now);
    int length;
    while ((length = to.writeTransmit(now, back, 0, PACKET)) > 0) {
      from.handleRtcp(now, back, 0, length);
    }
    for (MediaEvent event = from.pollEvent(); event != null; event = from.pollEvent()) {}
  }

  private void forget() {
    packets = 0;
    sending = 0;
    receiving = 0;
  }

  @Test
  void videoAllocatesForFramesAndNotForPackets() {
    RtpSender sender =
        from.addSender(TransportPair.sendVideo(SSRC).withHeaderExtensions(EXTENSIONS));
    to.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(EXTENSIONS));
    EncodedVideoFrame[] frames = new EncodedVideoFrame[400];
    for (int i = 0; i < frames.length; i++) {
      byte[] payload = VideoSource.frame(i, i == 0, PACKETS * 1_100);
      frames[i] =
          EncodedVideoFrame.of(TransportPair.VP8, payload, 3_000 * i, i == 0, now + i * FRAME);
    }
    int warm = 100;
    for (int i = 0; i < frames.length; i++) {
      if (i == warm) {
        forget();
      }
      EncodedVideoFrame frame = frames[i];
      exchange(() -> sender.send(now, frame));
      now += FRAME;
    }
    int measured = frames.length - warm;
    assertThat(packets).isGreaterThanOrEqualTo((long) PACKETS * measured);
    // A queue's entry for each frame, and what is sent of reports.
    assertThat(sending / measured).isLessThan(2 * PACKETS * 50);
    // The frame handed out with its records; not one byte for each packet would pass either.
    assertThat(receiving / measured).isLessThan(PACKETS * 1_100 + PACKETS * 100);
  }

  @Test
  void audioAllocatesLittleMoreThanItsFrames() {
    RtpSender sender = from.addSender(TransportPair.sendAudio(SSRC));
    RtpReceiver receiver = to.addReceiver(TransportPair.receiveAudio());
    AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    byte[] payload = new byte[160];
    Arrays.fill(payload, (byte) 7);
    payload[0] = 8;
    int warm = 500;
    int frames = 2_500;
    long pulling = 0;
    for (int i = 0; i < frames; i++) {
      if (i == warm) {
        forget();
        pulling = 0;
      }
      EncodedAudioFrame frame =
          EncodedAudioFrame.of(TransportPair.OPUS, payload, 960 * i, 960, now).withLevel(30, true);
      exchange(() -> sender.send(now, frame));
      long before = allocated();
      for (int half = 0; half < 2; half++) {
        receiver.pull(now, 480, 0, playout);
        now += 10 * MS;
      }
      pulling += allocated() - before;
    }
    int measured = frames - warm;
    assertThat(packets).isGreaterThanOrEqualTo(measured);
    assertThat(sending / measured).isLessThan(150);
    // The frame with its payload and records.
    assertThat(receiving / measured).isLessThan(payload.length + 500);
    assertThat(pulling / measured).isLessThan(200);
  }

  @Test
  void aTransportThatIsAskedInVainAllocatesNothing() {
    from.addSender(TransportPair.sendVideo(SSRC));
    to.addReceiver(TransportPair.receiveVideo());
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = allocated();
      long next = 0;
      for (int i = 0; i < 100; i++) {
        from.handleTimeout(now);
        from.writeTransmit(now, back, 0, PACKET);
        next = from.nextTimeout();
      }
      least = Math.min(least, allocated() - before);
      assertThat(next).isLessThan(ProtocolCore.NEVER);
    }
    // Iterators, while the compiler has not left them out.
    assertThat(least).isLessThan(100 * 200);
  }
}
