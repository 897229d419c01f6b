package org.klatsch.media;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.fec.AudioRedSender;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.rtcp.ReportBlock;
import org.klatsch.rtp.rtcp.SenderReport;

/// One stream that is sent: the sequence numbers, the clock and the figures of one encoding.
final class SendStream {
  private static final long SECOND = 1_000_000_000L;

  /// Earlier frames in a packet at most: what is lost longer than 60 ms a listener notices anyhow.
  private static final int MAX_RED_DEPTH = 3;

  /// Packets of forwarded audio remembered, a power of two: what a socket that is full for a second
  /// lets wait.
  private static final int AUDIO_HISTORY = 64;

  final RtpSender sender;
  final int index;
  private RtpEncoding encoding;
  private byte @Nullable [] rid;
  private int clockRateHz = 1;

  private int sequence;
  private int rtxSequence;
  private int fecSequence;

  /// Sequence numbers given so far.
  private long numbered;

  private final int timestampOffset;

  /// Whether the receiver has reported on this SSRC, so that it knows where it belongs.
  private boolean known;

  private boolean repairKnown;

  private int lastFir = -1;
  private boolean lossesKnown;
  private int reportedHighest;
  private int reportedLost;
  private boolean begun;
  private int lastTimestamp;
  private long lastCapture;
  private long lastSent;
  private long nextCaptureTime;

  private long packets;
  private long payloadBytes;
  private long headerBytes;
  private long retransmittedPackets;
  private long retransmittedBytes;
  long frames;
  long keyFrames;

  /// Frames at least two and a half times as large as those before on average.
  private long hugeFrames;

  private long frameBytes;
  long framesDropped;
  long queueNanos;
  long nacks;
  long plis;
  long firs;
  long targetBitrate;

  /// Packets that feedback of RFC 8888 told to be lost; −1 before the first.
  long feedbackLost = -1;

  /// Of those, packets that later feedback told to have come.
  long feedbackRecovered;

  private @Nullable RemoteReport remote;

  /// Repeats frames of audio; null for video and until RED was agreed on.
  private @Nullable AudioRedSender red;

  /// Packets that repeated earlier frames or repair others.
  long fecPackets;

  long fecBytes;

  /// What waits for the pacer; null for audio.
  @Nullable PacedStream paced;

  /// The packets of others that this carries; null while it carries frames.
  @Nullable ForwardedStream forwarded;

  SendStream(RtpSender sender, int index, RtpEncoding encoding, int sequence, int timestampOffset) {
    this.sender = sender;
    this.index = index;
    this.encoding = encoding;
    this.sequence = sequence;
    this.rtxSequence = sequence ^ 0x5555;
    this.fecSequence = sequence ^ 0x2aaa;
    this.timestampOffset = timestampOffset;
    encoding(encoding);
  }

  RtpEncoding encoding() {
    return encoding;
  }

  void encoding(RtpEncoding value) {
    encoding = value;
    String name = value.rid();
    rid = name == null ? null : name.getBytes(StandardCharsets.US_ASCII);
  }

  int ssrc() {
    return encoding.ssrc();
  }

  /// The encoding's name for the header extension, or null.
  byte @Nullable [] rid() {
    return rid;
  }

  /// Whether packets still say which section and encoding they belong to, RFC 8843 §9.2.
  boolean announces(boolean repair) {
    return repair ? !repairKnown : !known;
  }

  void announceAgain() {
    known = false;
    repairKnown = false;
  }

  /// The receiver reported on the SSRC of retransmissions.
  void noteRepairKnown() {
    repairKnown = true;
  }

  boolean hasSent() {
    return packets > 0;
  }

  long lastSent() {
    return lastSent;
  }

  int nextSequence() {
    int next = sequence;
    sequence = sequence + 1 & 0xffff;
    numbered++;
    return next;
  }

  /// The sequence number of the next packet.
  int peekSequence() {
    return sequence;
  }

  int nextRtxSequence() {
    int next = rtxSequence;
    rtxSequence = rtxSequence + 1 & 0xffff;
    return next;
  }

  int nextFecSequence() {
    int next = fecSequence;
    fecSequence = fecSequence + 1 & 0xffff;
    return next;
  }

  /// The timestamp on the wire of a frame.
  int wireTimestamp(int rtpTimestamp) {
    return rtpTimestamp + timestampOffset;
  }

  /// A frame goes out: its place on the stream's clock is that of the wall clock too.
  void noteFrame(EncodedFrame frame) {
    begun = true;
    lastTimestamp = wireTimestamp(frame.rtpTimestamp());
    lastCapture = frame.captureTime();
    clockRateHz = frame.codec().clockRateHz();
  }

  /// Carries packets of others from now on.
  ///
  /// @param history packets remembered to be repeated
  void forward(ForwardingFeedback feedback, int history) {
    boolean video = sender.parameters().kind() == MediaKind.VIDEO;
    ForwardedStream made = new ForwardedStream(this, feedback, video ? history : AUDIO_HISTORY);
    forwarded = made;
    if (video) {
      paced = made;
    }
  }

  /// A packet of another stream goes out.
  void noteForwarded(int timestamp, long captureTime, int newClockRateHz) {
    if (begun && timestamp - lastTimestamp < 0) {
      return;
    }
    begun = true;
    lastTimestamp = timestamp;
    lastCapture = captureTime;
    clockRateHz = newClockRateHz;
  }

  /// Whether a packet is to tell when its frame was captured, which it then does.
  boolean takesCaptureTime(long now) {
    if (now < nextCaptureTime) {
      return false;
    }
    nextCaptureTime = now + SECOND;
    return true;
  }

  /// What the stream's clock shows at `now`.
  int timestampAt(long now) {
    if (!begun) {
      return timestampOffset;
    }
    long passed = now - lastCapture;
    return lastTimestamp
        + (int) (passed / SECOND * clockRateHz + passed % SECOND * clockRateHz / SECOND);
  }

  /// A frame has left.
  void noteSent(int bytes, boolean keyFrame) {
    // W3C WebRTC Statistics §8.7, `hugeFramesSent`.
    if (frames > 0 && 2L * frames * bytes >= 5 * frameBytes) {
      hugeFrames++;
    }
    frames++;
    frameBytes += bytes;
    keyFrames += keyFrame ? 1 : 0;
  }

  void notePacket(long now, int payload, int header) {
    packets++;
    payloadBytes += payload;
    headerBytes += header;
    lastSent = now;
  }

  void noteRetransmission(long now, int payload, int header) {
    notePacket(now, payload, header);
    retransmittedPackets++;
    retransmittedBytes += payload;
  }

  /// A report of the sender kind, RFC 3550 §6.4.1; counts leave retransmissions on their own SSRC
  /// out.
  SenderReport report(long now, long ntpTime, List<ReportBlock> blocks) {
    boolean own = encoding.rtxSsrc() != 0;
    return new SenderReport(
        ssrc(),
        ntpTime,
        timestampAt(now),
        (int) (own ? packets - retransmittedPackets : packets),
        (int) (own ? payloadBytes - retransmittedBytes : payloadBytes),
        blocks);
  }

  /// The repetition of frames of audio; made with the first frame that may be repeated.
  AudioRedSender red() {
    AudioRedSender made = red;
    if (made == null) {
      made = new AudioRedSender(0, MAX_RED_DEPTH);
      red = made;
    }
    return made;
  }

  /// Takes a request of RFC 5104 §4.3.1; false for a repetition of the last one.
  boolean takeFullIntraRequest(int sequenceNumber) {
    firs++;
    boolean fresh = sequenceNumber != lastFir;
    lastFir = sequenceNumber;
    return fresh;
  }

  /// Packets lost and expected since the last call, by the reports; the second is 0 without news.
  void takeLosses(ReportBlock block, LossConsumer consumer) {
    int highest = block.extendedHighestSequence();
    if (lossesKnown) {
      long expected = Integer.toUnsignedLong(highest - reportedHighest);
      long lost = block.cumulativeLost() - (long) reportedLost;
      if (expected > 0 && expected < 1 << 16) {
        consumer.accept(Math.clamp(lost, 0L, expected), expected);
      }
    }
    lossesKnown = true;
    reportedHighest = highest;
    reportedLost = block.cumulativeLost();
  }

  /// Takes losses.
  interface LossConsumer {
    void accept(long lost, long expected);
  }

  /// Takes a report block about this stream.
  ///
  /// @return the round trip that it shows, in nanoseconds; −1 when it shows none
  long handleReport(long now, long ntpTime, ReportBlock block) {
    known = true;
    RemoteReport last = remote;
    long roundTrip = -1;
    if (block.lastSenderReport() != 0) {
      // RFC 3550 §6.4.1: A − LSR − DLSR. Below zero only when clocks were set meanwhile.
      int middle =
          NtpTime.middle(ntpTime) - block.lastSenderReport() - block.delaySinceLastSenderReport();
      roundTrip = middle < 0 ? -1 : NtpTime.middleToNanos(middle);
    }
    AudioRedSender repeating = red;
    if (repeating != null) {
      repeating.handleLoss(block.fractionLost() / 256.0);
    }
    PacedStream waiting = paced;
    if (waiting != null) {
      waiting.handleLoss(block.fractionLost() / 256.0);
    }
    boolean measured = roundTrip >= 0;
    remote =
        new RemoteReport(
            now,
            block.fractionLost() / 256.0,
            block.cumulativeLost(),
            Math.max(0, numberedUpTo(block.extendedHighestSequence()) - block.cumulativeLost()),
            (double) Integer.toUnsignedLong(block.jitter()) / clockRateHz,
            roundTrip,
            (last == null ? 0 : last.totalRoundTripTimeNanos()) + (measured ? roundTrip : 0),
            (last == null ? 0 : last.roundTripTimeMeasurements()) + (measured ? 1 : 0),
            (last == null ? 0 : last.reports()) + 1);
    return roundTrip;
  }

  /// Packets from the first to one with that sequence number. What the receiver says of its cycles
  /// is not relied on: it may have come later than the first ones.
  private long numberedUpTo(int highest) {
    return numbered - (sequence - 1 - highest & 0xffff);
  }

  @Nullable RemoteReport remote() {
    return remote;
  }

  SendStatistics statistics() {
    return new SendStatistics(
        ssrc(),
        encoding.rid(),
        encoding.rtxSsrc(),
        encoding.active(),
        packets,
        payloadBytes,
        headerBytes,
        retransmittedPackets,
        retransmittedBytes,
        frames,
        keyFrames,
        framesDropped,
        queueNanos,
        nacks,
        plis,
        firs,
        targetBitrate,
        remote,
        fecPackets,
        fecBytes,
        hugeFrames,
        feedbackLost,
        feedbackRecovered);
  }
}
