package org.klatsch.media;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.rtcp.ExtendedReport;
import org.klatsch.rtp.rtcp.Goodbye;
import org.klatsch.rtp.rtcp.ReceiverReport;
import org.klatsch.rtp.rtcp.ReportBlock;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.SenderReport;
import org.klatsch.rtp.rtcp.SourceDescription;
import org.klatsch.sansio.PacketWriter;

/// Puts outgoing RTCP packets together: reports of all our sources in one compound packet (RFC 3550
/// §6.1, RFC 8108 §5.3), and feedback between them (RFC 4585 §3.5, RFC 5506).
final class RtcpReporter {
  /// Feedback that waits for one datagram; more would not fit it.
  private static final int MAX_FEEDBACK = 32;

  /// Longer feedback might not fit behind the reports of a datagram.
  static final int MAX_LENGTH = 900;

  /// Kept free behind the reports for what is asked of the peer.
  private static final int RESERVED = 200;

  private static final int SDES_HEADER = 4;
  private static final int BLOCK = 24;

  /// What a source takes at most besides its name: a sender report without blocks, RFC 3550 §6.4.1,
  /// and a chunk of SDES with padding, §6.5.
  private static final int SOURCE = 28 + 12;

  /// The count of a packet's chunks or sources has five bits.
  private static final int MAX_COUNT = 31;

  private final WallClock wallClock;
  private final String ownCname;
  private final int ownSsrc;
  private final ArrayDeque<RtcpPacket> feedback = new ArrayDeque<>();
  private final List<Integer> goodbyes = new ArrayList<>();
  private final List<RtcpPacket> compound = new ArrayList<>();
  private final List<ReportBlock> blocks = new ArrayList<>();

  /// Reference times to answer, RFC 3611 §4.4.
  private final List<Reference> references = new ArrayList<>();

  private record Reference(long time, int ssrc, int middle) {}

  /// Where among the received streams the next report begins, so that those beyond 31 have their
  /// turn.
  private int nextBlock;

  /// The same among the sent streams.
  private int nextSource;

  /// @param ownSsrc reports while nothing is sent
  /// @param ownCname names us while nothing is sent
  RtcpReporter(WallClock wallClock, int ownSsrc, String ownCname) {
    this.wallClock = wallClock;
    this.ownSsrc = ownSsrc;
    this.ownCname = ownCname;
  }

  /// The SSRC that reports and feedback come from.
  int reportingSsrc(List<RtpSender> senders) {
    return senders.isEmpty() ? ownSsrc : senders.getFirst().streams().getFirst().ssrc();
  }

  /// Sends a packet with the next datagram.
  ///
  /// @return whether there was room for it
  boolean feedback(RtcpPacket packet) {
    return packet.length() <= MAX_LENGTH && feedback.size() < MAX_FEEDBACK && feedback.add(packet);
  }

  boolean hasFeedback() {
    return !feedback.isEmpty() || !goodbyes.isEmpty();
  }

  /// Says goodbye for a source with the next datagram.
  void goodbye(int ssrc) {
    if (goodbyes.size() < MAX_COUNT) {
      goodbyes.add(ssrc);
    }
  }

  /// Writes a datagram.
  ///
  /// @param full a regular report; else feedback, alone where `reducedSize` allows
  /// @param asksForDelays whether the peer answers receiver reference times
  /// @return its length
  int write(
      long now,
      boolean full,
      boolean reducedSize,
      boolean asksForDelays,
      List<RtpSender> senders,
      List<RtpReceiver> receivers,
      byte[] array,
      int offset,
      int capacity) {
    compound.clear();
    int room = capacity;
    if (full || !reducedSize || !goodbyes.isEmpty()) {
      reports(now, senders, full ? receivers : List.of(), capacity - RESERVED);
      extend(now, full && asksForDelays, senders);
      room -= RtcpCompound.length(compound);
    }
    while (!feedback.isEmpty() && feedback.peek().length() <= room) {
      RtcpPacket packet = feedback.remove();
      room -= packet.length();
      compound.add(packet);
    }
    if (!goodbyes.isEmpty()) {
      // RFC 3550 §6.1: BYE is last.
      compound.add(new Goodbye(goodbyes, null));
      goodbyes.clear();
    }
    PacketWriter out = new PacketWriter(array, offset, capacity);
    RtcpCompound.write(compound, out);
    compound.clear();
    return out.length();
  }

  /// @param room most bytes of all
  private void reports(long now, List<RtpSender> senders, List<RtpReceiver> receivers, int room) {
    long ntp = wallClock.ntp(now);
    takeBlocks(now, receivers);
    List<SourceDescription.Chunk> chunks = new ArrayList<>();
    int count = senders.size();
    int left = room - BLOCK * blocks.size() - SDES_HEADER;
    for (int i = 0; i < count; i++) {
      RtpSender sender = senders.get((nextSource + i) % count);
      String cname = sender.parameters().cname();
      int needed = SOURCE + cname.length();
      for (SendStream stream : sender.streams()) {
        if (!stream.hasSent()) {
          continue;
        }
        if (chunks.size() == MAX_COUNT || needed > left) {
          // Those beyond what fits a datagram have their turn in the next report.
          nextSource = (nextSource + i) % count;
          i = count;
          break;
        }
        left -= needed;
        // A full set of blocks stands in the first report only.
        SenderReport report = stream.report(now, ntp, compound.isEmpty() ? blocks : List.of());
        compound.add(report);
        chunks.add(chunk(stream.ssrc(), cname));
      }
    }
    if (compound.isEmpty()) {
      int ssrc = reportingSsrc(senders);
      String cname = senders.isEmpty() ? ownCname : senders.getFirst().parameters().cname();
      compound.add(new ReceiverReport(ssrc, blocks));
      chunks.add(chunk(ssrc, cname));
    }
    compound.add(new SourceDescription(chunks));
  }

  /// Adds what lets an end that only receives measure round trips, RFC 3611 §4.4 and §4.5.
  private void extend(long now, boolean asksForDelays, List<RtpSender> senders) {
    List<ExtendedReport.Block> extended = new ArrayList<>(2);
    if (asksForDelays && !(compound.getFirst() instanceof SenderReport)) {
      extended.add(new ExtendedReport.ReceiverReferenceTime(wallClock.ntp(now)));
    }
    if (!references.isEmpty()) {
      List<ExtendedReport.Delay> delays = new ArrayList<>(references.size());
      for (Reference each : references) {
        delays.add(
            new ExtendedReport.Delay(
                each.ssrc(), each.middle(), NtpTime.middleOfNanos(now - each.time())));
      }
      references.clear();
      extended.add(new ExtendedReport.ReceiverDelays(delays));
    }
    if (!extended.isEmpty()) {
      compound.add(new ExtendedReport(reportingSsrc(senders), extended));
    }
  }

  /// A receiver told its time: the next report answers.
  void noteReferenceTime(long now, int ssrc, long ntpTime) {
    references.removeIf(each -> each.ssrc() == ssrc);
    if (references.size() < MAX_COUNT) {
      references.add(new Reference(now, ssrc, NtpTime.middle(ntpTime)));
    }
  }

  /// The round trip that an answer to a reference time of ours shows, in nanoseconds; −1 for none.
  long roundTrip(long now, List<RtpSender> senders, ExtendedReport.Delay delay) {
    if (delay.ssrc() != reportingSsrc(senders) || delay.lastReceiverReport() == 0) {
      return -1;
    }
    int middle =
        NtpTime.middle(wallClock.ntp(now))
            - delay.lastReceiverReport()
            - delay.delaySinceLastReceiverReport();
    return middle < 0 ? -1 : NtpTime.middleToNanos(middle);
  }

  private void takeBlocks(long now, List<RtpReceiver> receivers) {
    blocks.clear();
    int count = 0;
    for (RtpReceiver receiver : receivers) {
      count += receiver.streams().size();
    }
    if (count == 0) {
      return;
    }
    int start = nextBlock % count;
    for (int i = 0; i < count && blocks.size() < ReportBlock.MAX_BLOCKS; i++) {
      ReceiveStream stream = at(receivers, (start + i) % count);
      nextBlock = start + i + 1;
      ReportBlock block = stream == null ? null : stream.takeReport(now);
      if (block != null) {
        blocks.add(block);
      }
    }
  }

  private static @Nullable ReceiveStream at(List<RtpReceiver> receivers, int index) {
    int left = index;
    for (RtpReceiver receiver : receivers) {
      if (left < receiver.streams().size()) {
        return receiver.streams().get(left);
      }
      left -= receiver.streams().size();
    }
    return null;
  }

  private static SourceDescription.Chunk chunk(int ssrc, String cname) {
    return new SourceDescription.Chunk(
        ssrc, List.of(new SourceDescription.Item(SourceDescription.CNAME, cname)));
  }
}
